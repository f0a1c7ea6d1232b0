# SPDX-License-Identifier: Apache-2.0
"""[watcher_strategies.NAME]: what holds for one strategy alone."""

from oslo_config import cfg

# Those that Watcher has this option for, and ours that measure; a plug-in's is known once it is asked for.
NAMES = ('basic', 'node_resource_consolidation', 'noisy_neighbor', 'outlet_temperature', 'rule_repair',
         'storage_capacity_balance', 'uniform_airflow', 'vm_workload_consolidation',
         'workload_balance', 'workload_stabilization')
OPTIONS: list[cfg.Opt] = [
    cfg.ListOpt('datasources',
                help='Sources of the metrics of this strategy, the preferred one first, in place of those of '
                     '[watcher_datasources].'),
]


def register(conf: cfg.ConfigOpts) -> None:
    for name in NAMES:
        conf.register_opts(OPTIONS, _group(name))


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """Ours, for oslo-config-generator."""
    return [(_group(name), OPTIONS) for name in NAMES]


def datasources(conf: cfg.ConfigOpts, strategy: str) -> list[str] | None:
    """The sources that the strategy has of its own, if it has."""
    conf.register_opts(OPTIONS, _group(strategy))
    named: list[str] | None = conf[_group(strategy)].datasources
    return named


def _group(strategy: str) -> str:
    return f'watcher_strategies.{strategy}'
