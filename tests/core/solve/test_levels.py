# SPDX-License-Identifier: Apache-2.0
"""Levels of nodes, and what moves gain by either measure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.shares import balanceable
from watcher_py.core.solve.deviation import Deviation
from watcher_py.core.solve.levels import Levels
from watcher_py.core.solve.peak import Peak
from watcher_py.core.whatif import WhatIf

WEIGHTS = {'instance_cpu_usage': 0.7, 'memory': 0.2, 'servers': 0.1}


@st.composite
def trials(draw):
    """Levels of three nodes, and a server that goes from the first to the second."""
    hosts = [host(name, vcpus=draw(st.sampled_from((8, 16, 48))), ram_mb=draw(st.sampled_from((8192, 65536))),
                  metrics={'cpu_util_pct': draw(st.floats(0, 100))}) for name in 'abc']
    homes = ['a', 'b', *draw(st.lists(st.sampled_from('abc'), max_size=6))]
    servers = [instance(f'vm{row}', home, metrics={'cpu_util_pct': draw(st.floats(0, 100))},
                        ram_mb=draw(st.sampled_from((512, 4096)))) for row, home in enumerate(homes)]
    snapshot = read(document(hosts, servers))
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, WEIGHTS)
    return Levels(WhatIf(problem), shares), 0, 0, 1


def gain(aim, levels, server, source, target):
    return float(aim.gains(levels.load[:, [server]], np.array([source]), np.array([target]))[0])


@given(trials())
def test_levels_kept_move_by_move_are_those_summed_anew(trial):
    levels, server, source, target = trial
    levels.trial.move(server, target)
    levels.note(server, source, target)
    kept = levels.level.copy()
    levels.refresh()
    assert kept == pytest.approx(levels.level)


@given(trials())
def test_a_gain_is_what_the_mean_variance_loses(trial):
    levels, server, source, target = trial
    aim = Deviation(levels, np.zeros(3))
    before, promised = aim.value ** 2, gain(aim, levels, server, source, target)
    levels.note(server, source, target)
    aim.refresh()
    assert before - aim.value ** 2 == pytest.approx(promised, abs=1e-9)


@given(trials(), st.floats(0, 0.5))
def test_a_gain_is_by_how_much_the_higher_node_comes_down(trial, enough):
    levels, server, source, target = trial
    aim = Peak(levels, np.full(3, enough))

    def excess():
        return max(0.0, (levels.level[:, [source, target]] - enough).max())
    before, promised = excess(), gain(aim, levels, server, source, target)
    levels.note(server, source, target)
    after = excess()
    # Less than a hundredth is no gain, unless it is enough.
    expected = before - after if before - after >= 0.01 or not after else 0.0
    assert promised == pytest.approx(expected, abs=1e-5)


@given(trials())
def test_a_pair_of_moves_gains_what_their_difference_does(trial):
    levels, server, source, target = trial
    aim, other = Deviation(levels, np.zeros(3)), 1
    before = aim.value ** 2
    load = levels.load[:, [server]] - levels.load[:, [other]]
    promised = float(aim.gains(load, np.array([source]), np.array([target]))[0])
    levels.note(server, source, target)
    levels.note(other, target, source)
    aim.refresh()
    assert before - aim.value ** 2 == pytest.approx(promised, abs=1e-9)


def levels_of(*servers, **hosts):
    """Levels of the number of servers per core, on nodes of 16 cores."""
    doc = document([host(name, **values) for name, values in hosts.items()], list(servers))
    snapshot = read(doc)
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, {'servers': 1.0})
    return Levels(WhatIf(problem), shares)


def bounds(levels):
    nothing = np.zeros(1)
    return [Deviation(levels, nothing).bound(), Peak(levels, nothing).bound()]


def test_what_may_move_binds_no_bound():
    levels = levels_of(instance('vm', 'a'), instance('vm2', 'a'), a={}, b={})
    assert bounds(levels) == pytest.approx([0, 1 / 16], rel=1e-5)


def test_what_is_locked_stays_in_the_bound():
    locked = [instance(f'vm{row}', 'a', locked=True) for row in range(3)]
    levels = levels_of(*locked, instance('free', 'a'), a={}, b={})
    # At best three servers stay on a, and the fourth goes to b.
    assert bounds(levels) == pytest.approx([1 / 16, 3 / 16], rel=1e-5)


def test_a_node_that_takes_nobody_gets_no_fuller_in_the_bound():
    aggregates = [{'name': 'kept', 'hosts': ['b'], 'metadata': {'filter_tenant_id': 'others'}}]
    doc = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'a')], aggregates=aggregates)
    snapshot = read(doc)
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, {'servers': 1.0})
    assert bounds(Levels(WhatIf(problem), shares)) == pytest.approx([1 / 16, 2 / 16], rel=1e-5)
