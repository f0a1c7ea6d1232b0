# SPDX-License-Identifier: Apache-2.0
"""[watcher_strategies.NAME]: what holds for one strategy alone."""

from typing import Any

from oslo_config import cfg

# Those that Watcher has this option for, and ours that measure; a plug-in's is known once it is asked for.
NAMES = ('basic', 'node_resource_consolidation', 'noisy_neighbor', 'outlet_temperature', 'rule_repair',
         'saving_energy', 'storage_capacity_balance', 'uniform_airflow', 'vm_workload_consolidation',
         'workload_balance', 'workload_stabilization')
OPTIONS: list[cfg.Opt] = [
    cfg.ListOpt('datasources',
                help='Sources of the metrics of this strategy, the preferred one first, in place of those of '
                     '[watcher_datasources].'),
]
# Options that set the default of a strategy's parameter of the same name.
DEFAULTS: dict[str, list[cfg.Opt]] = {
    'storage_capacity_balance': [
        cfg.ListOpt('ex_pools', default=['local_vstorage'],
                    help='Storage pools that are left alone, unless an audit names others.')],
}


def register(conf: cfg.ConfigOpts) -> None:
    for name in NAMES:
        conf.register_opts(_options(name), _group(name))


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """Ours, for oslo-config-generator."""
    return [(_group(name), _options(name)) for name in NAMES]


def datasources(conf: cfg.ConfigOpts, strategy: str) -> list[str] | None:
    """The sources that the strategy has of its own, if it has."""
    conf.register_opts(OPTIONS, _group(strategy))
    named: list[str] | None = conf[_group(strategy)].datasources
    return named


def defaults(conf: cfg.ConfigOpts, strategy: str) -> dict[str, Any]:
    """The strategy's parameters of which the configuration sets the default."""
    return {option.name: conf[_group(strategy)][option.name] for option in DEFAULTS.get(strategy, ())}


def _options(strategy: str) -> list[cfg.Opt]:
    return [*OPTIONS, *DEFAULTS.get(strategy, ())]


def _group(strategy: str) -> str:
    return f'watcher_strategies.{strategy}'
