# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.document import read
from watcher_py.core.limits import Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.whatif import WhatIf

LIMITS = st.builds(
    Limits, servers=st.integers(0, 4), memory=st.sampled_from((0.0, 4096.0, 20000.0, 1e9)),
    per_node=st.integers(0, 3), per_group=st.integers(0, 2))


def trial_of(limits, spread='abcc', groups=()):
    """Servers of 8 GiB on the nodes that the letters name; d is empty."""
    hosts = [host(name) for name in 'abcd']
    instances = [instance(f'vm{number}', name) for number, name in enumerate(spread)]
    cluster = read(document(hosts, instances, server_groups=list(groups))).cluster
    return WhatIf(allocation_problem(cluster), limits)


def allowed(trial, server):
    return ''.join(np.array(list('abcd'))[trial.fits(server)])


def test_without_limits_every_node_is_allowed():
    assert allowed(trial_of(Limits()), 0) == 'bcd'


def test_one_server_more_than_the_limit_stays_at_home():
    trial = trial_of(Limits(servers=1))
    trial.move(0, 3)
    assert allowed(trial, 1) == ''


def test_a_server_that_moves_already_may_try_another_node_or_go_home():
    trial = trial_of(Limits(servers=1))
    trial.move(0, 3)
    assert allowed(trial, 0) == 'abc'


def test_memory_counts_to_the_last_mib():
    trial = trial_of(Limits(memory=8192 + 8191))
    trial.move(0, 3)
    assert allowed(trial, 1) == ''
    assert allowed(trial_of(Limits(memory=8192)), 0) == 'bcd'


def test_a_node_counts_those_that_leave_it_and_those_that_reach_it():
    trial = trial_of(Limits(per_node=1))
    trial.move(2, 3)
    assert allowed(trial, 0) == 'b'         # one has left c, one has reached d
    assert allowed(trial, 3) == ''          # nobody else leaves c
    trial.move(2, 1)
    assert allowed(trial, 0) == 'd'         # d is as it was at first


def test_a_group_sends_away_as_many_members_as_allowed():
    groups = [{'id': 'g', 'name': 'g', 'policy': 'soft-anti-affinity', 'members': ['vm0', 'vm1']}]
    trial = trial_of(Limits(per_group=1), groups=groups)
    trial.move(0, 3)
    assert allowed(trial, 1) == ''
    assert allowed(trial, 2) == 'abd'
    trial.move(0, 0)
    assert allowed(trial, 1) == 'acd'


@given(documents(), LIMITS, st.lists(st.tuples(st.integers(0, 13), st.integers(0, 5)), max_size=20),
       st.lists(st.integers(0, 20), max_size=3))
def test_the_account_is_what_a_recount_finds_after_moves_and_undos(text, limits, steps, undos):
    problem = allocation_problem(read(text).cluster)
    assume(len(problem.node))
    trial = WhatIf(problem, limits)
    for server, node in steps:
        trial.move(server % len(problem.node), node % len(problem.room))
    for mark in undos:
        trial.undo_to(min(mark, trial.mark()))
    check_account(trial)


@given(documents(), LIMITS, st.lists(st.tuples(st.integers(0, 13), st.integers(0, 5)), max_size=20))
def test_who_only_moves_where_it_is_allowed_never_breaks_a_limit(text, limits, steps):
    problem = allocation_problem(read(text).cluster)
    assume(len(problem.node))
    trial = WhatIf(problem, limits)
    for server, node in steps:
        server, node = server % len(problem.node), node % len(problem.room)
        if trial.account.allows(server, int(trial.node[server]))[node]:
            trial.move(server, node)
    moved, by_node, by_group = recount(trial)
    assert moved.sum() <= limits.servers
    assert problem.demand[moved, MEMORY_MB].sum() <= limits.memory + 1e-3
    assert by_node.max(initial=0) <= limits.per_node
    assert max(by_group.values(), default=0) <= limits.per_group


def recount(trial):
    problem = trial.problem
    moved = trial.node != problem.node
    by_node = np.zeros(len(problem.room), dtype=int)
    for server in np.flatnonzero(moved):
        by_node[problem.node[server]] += 1
        by_node[trial.node[server]] += 1
    groups = (*problem.rules.apart, *problem.rules.wishes)
    return moved, by_node, {group.uuid: int(moved[group.members].sum()) for group in groups}


def check_account(trial):
    """By what is allowed next: the account gives no figures of groups and nodes."""
    moved, by_node, by_group = recount(trial)
    problem, account, limits = trial.problem, trial.account, trial.account.limits
    assert account.servers == moved.sum()
    assert account.memory == pytest.approx(problem.demand[moved, MEMORY_MB].sum())
    groups = (*problem.rules.apart, *problem.rules.wishes)
    for server, (home, now) in enumerate(zip(problem.node.tolist(), trial.node.tolist(), strict=True)):
        is_free = now != home or (
            moved.sum() < limits.servers
            and problem.demand[moved | (np.arange(len(moved)) == server), MEMORY_MB].sum() <= limits.memory
            and by_node[home] < limits.per_node
            and all(by_group[group.uuid] < limits.per_group for group in groups if server in group.members))
        expected = [node in (home, now) or (is_free and by_node[node] < limits.per_node)
                    for node in range(len(problem.room))]
        assert account.allows(server, now).tolist() == expected
