# SPDX-License-Identifier: Apache-2.0
"""Trial moves keep the books, and can be taken back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.document import read
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.whatif import WhatIf


def wander(trial, choices):
    """Make some of the moves that fit."""
    servers = len(trial.node)
    for choice in choices if servers else ():
        server = choice % servers
        fits = np.flatnonzero(trial.fits(server))
        if len(fits) and trial.problem.movable[server]:
            trial.move(server, int(fits[choice % len(fits)]))


def books(trial):
    return (trial.node.tolist(), trial.free.round(6).tolist(),
            [trial.servers_on(node) for node in range(len(trial.free))])


CHOICES = st.lists(st.integers(0, 1000), max_size=12)


@given(documents(), CHOICES)
def test_the_books_are_those_of_a_fresh_start_from_the_same_placement(doc, choices):
    cluster = read(doc).cluster
    trial = WhatIf(allocation_problem(cluster))
    wander(trial, choices)
    assert books(trial) == books(WhatIf(allocation_problem(cluster.placed(trial.node))))


@given(documents(), CHOICES, CHOICES)
def test_undone_moves_leave_no_trace(doc, first, second):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    wander(trial, first)
    before, mark = books(trial), trial.mark()
    wander(trial, second)
    trial.undo_to(mark)
    assert books(trial) == before


@given(documents(), CHOICES)
def test_moves_that_fit_overload_no_node_and_crowd_no_group(doc, choices):
    cluster = read(doc).cluster
    trial = WhatIf(allocation_problem(cluster))
    wander(trial, choices)
    start = cluster.capacity() - cluster.used()
    assert (trial.free >= np.minimum(start, 0) - 1e-6).all()
    for group in trial.problem.rules.apart:
        before = np.bincount(cluster.servers.node[group.members], minlength=len(start))
        after = np.bincount(trial.node[group.members], minlength=len(start))
        assert (after <= np.maximum(before, group.limit)).all()


@given(documents(), CHOICES, st.sampled_from((NO_LIMITS, Limits(servers=2))))
def test_many_moved_together_stand_as_if_moved_one_by_one(doc, choices, limits):
    problem = allocation_problem(read(doc).cluster)
    together, each = WhatIf(problem, limits), WhatIf(problem, limits)
    loose = np.flatnonzero(~together.grouped)[:len(problem.room)]
    nodes = np.random.default_rng(sum(choices)).permutation(len(problem.room))[:len(loose)]
    together.move_each(loose, nodes)
    for server, node in zip(loose.tolist(), nodes.tolist(), strict=True):
        each.move(server, node)
    assert books(together) == books(each)
    assert (together.account.servers, together.account.memory) == (each.account.servers, each.account.memory)
    together.undo_to(0)
    assert books(together) == books(WhatIf(problem, limits))


@given(documents(), CHOICES, st.sampled_from((NO_LIMITS, Limits(servers=2), Limits(per_node=1))))
def test_one_node_is_answered_as_all_are(doc, choices, limits):
    trial = WhatIf(allocation_problem(read(doc).cluster), limits)
    wander(trial, choices)
    for server in range(len(trial.node)):
        answers = [trial.can_take(server, node) for node in range(len(trial.free))]
        assert answers == trial.fits(server).tolist()


@given(documents(), CHOICES)
def test_a_node_that_fits_is_one_that_is_welcome(doc, choices):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    wander(trial, choices)
    for server in range(len(trial.node)):
        assert not (trial.fits(server) & ~trial.welcomes(server)).any()


@given(documents(), CHOICES)
def test_the_servers_of_many_nodes_are_those_of_each(doc, choices):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    wander(trial, choices)
    nodes = np.arange(len(trial.free))[::-1]
    rows, places = trial.all_on(nodes)
    for place, node in enumerate(nodes.tolist()):
        assert sorted(rows[places == place].tolist()) == sorted(trial.servers_on(node))


def swapping(limits=NO_LIMITS, **lists):
    """Two full nodes and an empty one."""
    return WhatIf(allocation_problem(read(document(
        [host('a'), host('b'), host('c', vcpus=4)],
        [instance('one', 'a', vcpus=16), instance('two', 'b', vcpus=16)], **lists)).cluster), limits)


def test_a_swap_needs_no_room_for_both():
    trial = swapping()
    assert not trial.can_take(0, 1)
    assert trial.move_all([(0, 1), (1, 0)])
    assert trial.node.tolist() == [1, 0]


@pytest.mark.parametrize('moves', [[(0, 1)], [(0, 2)], [(1, 0), (0, 2)]])
def test_moves_that_end_without_room_are_not_made_at_all(moves):
    trial = swapping()
    assert not trial.move_all(moves)
    assert trial.node.tolist() == [0, 1]
    assert trial.mark() == 0


def test_moves_to_a_closed_node_are_not_made():
    trial = swapping()
    trial.open[0] = False
    assert not trial.move_all([(0, 1), (1, 0)])


def test_moves_beyond_the_limits_are_not_made():
    trial = swapping(Limits(servers=1))
    assert not trial.move_all([(0, 1), (1, 0)])
    assert trial.account.servers == 0


def test_group_mates_may_not_end_on_one_node_but_may_pass_each_other():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['one', 'two']}
    trial = swapping(server_groups=[group])
    assert trial.move_all([(0, 1), (1, 0)])
    small = WhatIf(allocation_problem(read(document(
        [host('a'), host('b'), host('c')], [instance('one', 'a'), instance('two', 'b')],
        server_groups=[group])).cluster))
    assert not small.move_all([(0, 2), (1, 2)])


@given(documents(), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_moves_made_together_are_legal_or_leave_no_trace(doc, wanted):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    before, servers, nodes = books(trial), len(trial.node), len(trial.free)
    moves = {server % servers: node % nodes for server, node in wanted} if servers else {}
    if not trial.move_all(moves.items()):
        assert books(trial) == before
        return
    for server, node in moves.items():
        assert trial.problem.rules.takes[trial.problem.rules.class_of[server], node]
        need = trial.problem.demand[server]
        assert ((trial.free[node] >= -1e-6) | (need == 0)).all()
    for group in trial.problem.rules.apart:
        at = trial.node[group.members]
        moved = [node for server, node in moves.items() if server in group.members]
        assert all((at == node).sum() <= group.limit for node in moved)


def test_a_server_larger_than_the_node_does_not_fit_however_much_may_be_overcommitted():
    trial = WhatIf(allocation_problem(read(document(
        [host('a'), host('small', vcpus=4, cpu_ratio=4.0)],
        [instance('large', 'a', vcpus=6), instance('fair', 'a', vcpus=4)])).cluster))
    assert trial.fits(0).tolist() == [False, False]
    assert trial.fits(1).tolist() == [False, True]
    assert not trial.can_take(0, 1)
    assert not trial.move_all([(0, 1)])
    assert trial.move_all([(1, 1)])
