# SPDX-License-Identifier: Apache-2.0
"""[aetos_client]: Prometheus behind Keystone, service type metric-storage of the catalog."""

from oslo_config import cfg

GROUP = cfg.OptGroup('aetos_client', 'Aetos')
OPTIONS = [
    cfg.StrOpt('interface', default='public',
               choices=['public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL'],
               help='Which of its endpoints is asked.'),
    cfg.StrOpt('region_name', help='Region of that endpoint; unset, any.'),
    cfg.StrOpt('fqdn_label', default='fqdn', help="Label that holds a node's host name."),
    cfg.StrOpt('instance_uuid_label', default='resource', help="Label that holds a server's uuid."),
]
