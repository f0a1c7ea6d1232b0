# SPDX-License-Identifier: Apache-2.0
"""Gathering room for servers to come."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies.defragmentation import STRATEGY
from watcher_py.core.strategy import with_defaults

HOSTS = [host('a'), host('b', zone='az-2', traits=['HW_CPU_X86_AVX2']), host('c')]
HALVES = [instance(f'vm-{name}', name, vcpus=8) for name in 'abc']
WHOLE = {'vcpus': 16, 'ram_mb': 32768, 'disk_gb': 100}


def decide(*flavors, hosts=HOSTS, instances=HALVES, params=None, **lists):
    values = with_defaults(STRATEGY.parameters, {'flavors': list(flavors), **(params or {})})
    return STRATEGY.decide(read(document(hosts, instances, **lists)), values, UNLIMITED)


def figures(solution):
    return solution.outcome.before, solution.outcome.after, solution.outcome.bound


def sources(solution):
    return [proposal.change.source for proposal in solution.proposals]


def test_scattered_room_is_gathered_on_one_node_by_one_move():
    solution = decide(WHOLE)
    assert figures(solution) == (1, 0, 0)
    assert len(solution.proposals) == 1
    assert 'gathers room on' in solution.proposals[0].reason


def test_what_fits_already_moves_nobody():
    assert decide({'vcpus': 8, 'ram_mb': 8192, 'count': 3}).proposals == ()


@pytest.mark.parametrize('rule', [
    {'zone': 'az-2'}, {'extra_specs': {'trait:HW_CPU_X86_AVX2': 'required'}}, {'project': 'red'}])
def test_room_is_gathered_where_the_servers_may_stand(rule):
    isolated = [{'name': 'blue', 'hosts': ['a', 'c'], 'metadata': {'filter_tenant_id': 'blue'}}]
    instances = [{**row, 'project': 'blue'} for row in HALVES]
    solution = decide({**WHOLE, **rule}, instances=instances, aggregates=isolated)
    assert sources(solution) == ['b']
    assert figures(solution) == (1, 0, 0)


def test_disabled_nodes_have_no_room():
    hosts = [host('a', status='disabled'), host('b'), host('c')]
    solution = decide(WHOLE, hosts=hosts)
    assert sources(solution)[0] in 'bc'


def test_what_finds_no_room_at_all_is_proven():
    assert figures(decide({**WHOLE, 'count': 2})) == (2, 1, 1)
    assert figures(decide({'vcpus': 17, 'ram_mb': 1024})) == (1, 1, 1)
    assert figures(decide(WHOLE, hosts=[], instances=[])) == (1, 1, 1)


def test_a_plan_that_moves_more_than_it_is_worth_is_not_proposed():
    solution = decide(WHOLE, params={'minimum_gain': 2})
    assert solution.proposals == ()
    assert 'a gain of 1' in solution.refrained
