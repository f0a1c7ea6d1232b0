# SPDX-License-Identifier: Apache-2.0
"""[api]: the REST API."""

from oslo_config import cfg

GROUP = cfg.OptGroup('api', 'The REST API')
OPTIONS = [
    cfg.HostAddressOpt('host', default='127.0.0.1', help='Address that watcher-api listens on.'),
    cfg.PortOpt('port', default=9322, help='Port that watcher-api listens on.'),
    cfg.PortOpt('metrics_port', default=0,
                help='Port on which watcher-api has /metrics for Prometheus; 0 for none. The API itself has '
                     '/healthz and /readyz.'),
    cfg.HostAddressOpt('metrics_address', default='127.0.0.1', help='Address of that port.'),
    cfg.IntOpt('max_limit', default=1000, min=1, help='Most rows on one page of a list.'),
    cfg.BoolOpt('enable_webhooks_auth', default=True,
                help='Ask for a token, and the policy webhook:trigger, before an EVENT audit is triggered. '
                     'Without it, whoever reaches the API and knows an audit may trigger it.'),
    cfg.IntOpt(
        'max_request_body_size', default=1024 * 1024, min=1,
        help='Most bytes of the body of a request; a larger one is refused (413).'),
]
