# SPDX-License-Identifier: Apache-2.0
"""[prometheus_client]: the Prometheus server that is asked for metrics."""

from oslo_config import cfg

GROUP = cfg.OptGroup('prometheus_client', 'Prometheus')
OPTIONS = [
    cfg.HostAddressOpt('host', help='Host of the Prometheus server.'),
    cfg.PortOpt('port', default=9090, help='Port of the Prometheus server.'),
    cfg.StrOpt('scheme', choices=['http', 'https'],
               help='How it is spoken to; unset, https with a cafile or certfile, else http.'),
    cfg.StrOpt('base_path', default='', help='What stands before /api/v1 in the path, behind a proxy.'),
    cfg.StrOpt('fqdn_label', default='fqdn', help="Label that holds a node's host name."),
    cfg.StrOpt('instance_uuid_label', default='resource', help="Label that holds a server's uuid."),
    cfg.StrOpt('username', help='User of basic authentication.'),
    cfg.StrOpt('password', secret=True, help='Password of basic authentication.'),
    cfg.StrOpt('bearer_token', secret=True, help='Token that lets this client in.'),
    cfg.StrOpt('bearer_token_file', help='File that holds this token; it is read anew at each query.'),
    cfg.StrOpt('cafile', help='Bundle of the authorities that are trusted; set, it asks for https.'),
    cfg.StrOpt('certfile', help='Certificate of this client.'),
    cfg.StrOpt('keyfile', help='Key of that certificate.'),
]
