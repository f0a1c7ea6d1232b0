# SPDX-License-Identifier: Apache-2.0
"""All strategies of ours, what each can't do without, and what comes of it."""

import pkgutil
from importlib import import_module
from itertools import pairwise

from watcher_py.core import strategies as package
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.schedule import schedule
from watcher_py.core.strategy import Strategy, with_defaults

# They do what they are told, whatever the cluster is.
TOLD = ('actuator', 'dummy', 'dummy_with_scorer', 'dummy_with_resize')


def strategies() -> list[Strategy]:
    found = [import_module(f'{package.__name__}.{module.name}') for module in pkgutil.iter_modules(
        package.__path__)]
    return [module.STRATEGY for module in found if hasattr(module, 'STRATEGY')]


def named(name: str) -> Strategy:
    return next(strategy for strategy in strategies() if strategy.name == name)


def measuring() -> list[Strategy]:
    """Those that can tell what came of their plans."""
    return [strategy for strategy in strategies() if strategy.measure]


def without_a_name_to_go_by():
    """Those that an empty cluster gives nothing to do."""
    return [strategy for strategy in strategies() if strategy.name not in (*TOLD, 'host_maintenance')]


def params_for(strategy, snapshot):
    """What a strategy can't do without."""
    nodes, pools = snapshot.cluster.nodes.name, snapshot.cluster.storage.pools.name
    given = {
        'actuator': {'actions': [{'action_type': 'nop', 'input_parameters': {'message': 'told'}}]},
        'host_maintenance': {'maintenance_node': ''.join(nodes[:1])},
        'zone_migration': {'compute_nodes': [{'src_node': name} for name in nodes[:2]],
                           'storage_pools': [{'src_pool': source, 'dst_pool': target} for source, target in
                                             pairwise(pools[:2])],
                           'with_attached_volume': True},
        'defragmentation': {'flavors': [{'vcpus': 8, 'ram_mb': 4096, 'count': 2}]}}
    return with_defaults(strategy.parameters, given.get(strategy.name, {}))


def decide(strategy, snapshot):
    solution = strategy.decide(snapshot, params_for(strategy, snapshot), UNLIMITED)
    return solution, schedule(snapshot, solution)
