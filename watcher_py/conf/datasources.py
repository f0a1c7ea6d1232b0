# SPDX-License-Identifier: Apache-2.0
"""[watcher_datasources]: where metrics come from."""

from oslo_config import cfg

GROUP = cfg.OptGroup('watcher_datasources', 'Sources of metrics')
OPTIONS = [
    cfg.ListOpt('datasources', default=[],
                help='Sources of metrics, the preferred one first; a metric is taken from the first source '
                     'that has it. Supported: prometheus. Without a source all load is unknown, and '
                     'strategies that go by load move nothing.'),
    cfg.IntOpt('query_max_retries', default=10, min=1, mutable=True, help='Tries of a query.'),
    cfg.IntOpt('query_interval', default=1, min=0, mutable=True, help='Seconds between two tries.'),
]
