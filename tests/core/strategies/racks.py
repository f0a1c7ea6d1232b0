# SPDX-License-Identifier: Apache-2.0
"""Hosts in a rack that are half busy, for strategies that go by their air."""

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.promise import deeds_of
from watcher_py.core.schedule import schedule
from watcher_py.core.strategy import with_defaults


def rack(metrics):
    """Hosts of 16 cores with four servers of two cores each that never pause; by name, what is measured.

    Half of the cores is in use, and a host draws half of its most when idle.
    """
    hosts = [host(name, metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 0.0, 'inlet_temp_c': 20.0, **measured})
             for name, measured in metrics.items()]
    return document(hosts, [
        instance(f'{name}{row}', name, metrics={'cpu_util_pct': 100.0, 'ram_used_mb': 0.0})
        for name in metrics for row in range(4)])


def measured(strategy, before, after):
    """What the strategy measures in the second document of its plan for the first, once that is done."""
    params, snapshot = with_defaults(strategy.parameters, {}), read(before)
    solution = strategy.decide(snapshot, params, UNLIMITED)
    found = strategy.measure(snapshot, read(after), params, deeds_of(schedule(snapshot, solution)))
    strategy.goal.check(found)
    assert solution.indicators.keys() <= found.keys()
    return found


def moves(solution):
    """The hosts that each move leaves and goes to."""
    return [(proposal.change.server[0], proposal.change.target) for proposal in solution.proposals]
