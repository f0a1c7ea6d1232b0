# SPDX-License-Identifier: Apache-2.0
"""[watcher_datasources]: where metrics come from."""

from oslo_config import cfg

GROUP = cfg.OptGroup('watcher_datasources', 'Sources of metrics')
OPTIONS = [
    # Watcher's own choice, so that its configuration files mean here what they mean there. It asks nothing of
    # the operator: each of these is found in the catalog or says in a word that it isn't there.
    cfg.ListOpt('datasources', default=['gnocchi', 'grafana', 'aetos'],
                help='Sources of metrics, the preferred one first: gnocchi, grafana, aetos, prometheus, '
                     'and those of plug-ins. What the first source lacks, of a metric or of single hosts and '
                     'servers, is taken from the next. prometheus and aetos exclude each other. Load that no '
                     'source knows is unknown: strategies that go by load leave alone what it is unknown '
                     'of.'),
    cfg.IntOpt('query_max_retries', default=10, min=1, mutable=True, help='Tries of a query.'),
    cfg.IntOpt('query_interval', default=1, min=0, mutable=True, help='Seconds between two tries.'),
]
