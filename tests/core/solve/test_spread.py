# SPDX-License-Identifier: Apache-2.0
"""Many servers are seated at once, as well as if each had been asked alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.solve.placements import is_legal
from watcher_py.core.document import read
from watcher_py.core.limits import Limits
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.spread import fullest, spread, squeeze
from watcher_py.core.whatif import WhatIf


def trial_of(hosts, instances, **lists):
    trial = WhatIf(allocation_problem(read(document(hosts, instances, **lists)).cluster))
    trial.open[0] = False
    return trial


def test_servers_go_where_the_fullest_dimension_stays_emptiest():
    # b has CPUs to spare and no disk, c the other way round: d is emptier than both in its fullest one.
    hosts = [host('a'), host('b', disk_gb=60), host('c', vcpus=4), host('d', vcpus=8, disk_gb=160)]
    trial = trial_of(hosts, [instance('vm', 'a'), instance('vm2', 'a')])
    assert spread(trial, [0, 1]) == []
    assert trial.node.tolist() == [3, 1]


def test_what_a_node_has_nothing_of_does_not_make_it_full():
    trial = trial_of([host('a'), host('b', vcpus=4), host('c', disk_gb=0)], [instance('vm', 'a', disk_gb=0)])
    spread(trial, [0])
    assert trial.node.tolist() == [2]


@pytest.mark.parametrize(('seat', 'targets'), [(spread, [1, 1, 2, 2]), (squeeze, [1, 1, 1, 1])])
def test_spreading_evens_out_and_squeezing_fills_up(seat, targets):
    trial = trial_of([host('a'), host('b'), host('c')], [instance(f'vm{row}', 'a') for row in range(4)])
    assert seat(trial, [0, 1, 2, 3]) == []
    assert sorted(trial.node.tolist()) == targets


def test_the_largest_are_seated_first_and_who_finds_no_room_is_told():
    trial = trial_of([host('a'), host('b')], [
        instance('small', 'a', vcpus=5), instance('large', 'a', vcpus=12), instance('tiny', 'a', vcpus=4)])
    assert spread(trial, [0, 1, 2]) == [0]
    assert trial.node.tolist() == [0, 1, 1]


def test_group_mates_alike_are_kept_apart():
    group = {'id': 'g', 'policy': 'anti-affinity', 'members': ['vm0', 'vm1', 'vm2']}
    trial = trial_of([host('a'), host('b'), host('c')], [instance(f'vm{row}', 'a') for row in range(3)],
                     server_groups=[group])
    assert len(spread(trial, [0, 1, 2])) == 1
    assert sorted(trial.node.tolist()) == [0, 1, 2]


def test_a_wish_for_company_goes_before_an_empty_node():
    group = {'id': 'g', 'policy': 'soft-affinity', 'members': ['vm', 'mate']}
    trial = trial_of([host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('mate', 'b', vcpus=8)],
                     server_groups=[group])
    spread(trial, [0])
    assert trial.node.tolist() == [1, 1]


def test_limits_hold_for_servers_that_are_alike():
    problem = allocation_problem(read(document(
        [host('a'), host('b')], [instance(f'vm{row}', 'a') for row in range(4)])).cluster)
    trial = WhatIf(problem, Limits(servers=2))
    trial.open[0] = False
    assert len(spread(trial, [0, 1, 2, 3])) == 2


def one_by_one(trial, servers):
    """What spreading means, without any pooling."""
    for server in servers:
        nodes = np.flatnonzero(trial.fits(server))
        if len(nodes):
            trial.move(server, int(nodes[fullest(trial, nodes, trial.problem.demand[server]).argmin()]))


@given(st.integers(0, 12), st.lists(st.sampled_from((8, 16, 24)), min_size=1, max_size=5))
def test_seating_alike_servers_together_is_seating_them_one_by_one(count, sizes):
    hosts = [host('a'), *(host(f'h{row}', vcpus=size) for row, size in enumerate(sizes))]
    instances = [instance(f'vm{row}', 'a') for row in range(count)]
    pooled, plain = (trial_of(hosts, instances) for _ in range(2))
    spread(pooled, list(range(count)))
    one_by_one(plain, list(range(count)))
    assert pooled.node.tolist() == plain.node.tolist()


@given(documents(), st.sampled_from((spread, squeeze)))
def test_every_seat_is_legal(doc, seat):
    trial = WhatIf(allocation_problem(read(doc).cluster))
    nodes = len(trial.open)
    trial.open[:nodes // 2] = False
    leaving = np.flatnonzero((trial.node < nodes // 2) & trial.problem.movable).tolist()
    left = seat(trial, leaving)
    assert is_legal(trial.problem, trial.node)
    assert set(left) == {row for row in leaving if trial.node[row] == trial.problem.node[row]}
