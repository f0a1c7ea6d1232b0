# SPDX-License-Identifier: Apache-2.0
"""[nova]: how Nova is asked, beside where (see the clients' options)."""

from oslo_config import cfg

GROUP = cfg.OptGroup('nova', 'Nova')
OPTIONS = [
    cfg.IntOpt('migration_max_retries', default=180, min=1,
               help='Looks at a migration before it counts as failed.'),
    cfg.FloatOpt('migration_interval', default=5.0, min=0.1, help='Seconds between two such looks.'),
    cfg.IntOpt('http_retries', default=3, min=1, help='Tries of a request when the connection breaks.'),
    cfg.FloatOpt('http_retry_interval', default=2.0, min=0.1, help='Seconds between two such tries.'),
]
