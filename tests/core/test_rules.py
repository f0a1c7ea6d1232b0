# SPDX-License-Identifier: Apache-2.0
"""What may stand where."""

import pytest

from tests.core.asking import stuck, targets
from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.whatif import WhatIf


def one_server(**values):
    return document([host('a'), host('b'), host('c', zone='az-2')], [instance('vm', 'a', **values)])


@pytest.mark.parametrize(('values', 'reason'), [
    ({'locked': True}, 'it is locked'),
    ({'hints': {'same_host': ['other']}},
     'it was booted with the hint "same_host", and where that lets it go is not known'),
    ({'excluded': True}, "the audit's scope excludes it"),
    ({'task_state': 'resize_prep'}, 'it is busy: resize_prep'),
    ({'state': 'error'}, 'Nova migrates no server that is error'),
    ({'state': 'shelved'}, 'Nova migrates no server that is shelved'),
])
def test_a_server_that_nova_or_the_operator_keeps_is_stuck_with_its_reason(values, reason):
    assert stuck(one_server(**values)) == reason


@pytest.mark.parametrize('state', ['active', 'paused', 'stopped'])
def test_a_server_in_a_settled_state_may_move(state):
    assert stuck(one_server(state=state)) == ''


def test_servers_of_a_host_that_is_down_or_not_known_in_whole_are_stuck():
    assert 'down' in stuck(document([host('a', state='down')], [instance('vm', 'a')]))
    assert 'could not be read' in stuck(document([host('a', known=False)], [instance('vm', 'a')]))


@pytest.mark.parametrize('values', [{'status': 'disabled'}, {'state': 'down'}, {'known': False}])
def test_a_host_that_is_not_open_takes_nobody(values):
    assert targets(document([host('a'), host('b', **values), host('c')], [instance('vm', 'a')])) == {'c'}


def test_a_server_never_fits_where_it_stands():
    assert targets(one_server()) == {'b', 'c'}


def test_a_zone_pin_holds():
    assert targets(one_server(pinned_zone='az-1')) == {'b'}


def test_a_full_host_takes_nobody():
    doc = document([host('a'), host('b', vcpus=1), host('c', ram_mb=8191), host('d')], [instance('vm', 'a')])
    assert targets(doc) == {'d'}


def test_a_server_larger_than_the_host_is_not_taken_by_overcommitting():
    doc = document([host('a'), host('b', vcpus=1, cpu_ratio=16.0), host('c', vcpus=2, cpu_ratio=4.0)],
                   [instance('vm', 'a')])
    assert targets(doc) == {'c'}


def test_what_is_held_for_migrations_in_flight_takes_room():
    doc = document([host('a'), host('b', held={'vcpus': 15})], [instance('vm', 'a')])
    assert targets(doc) == set()


def test_required_and_forbidden_traits_hold():
    doc = document([host('a'), host('b', traits=['HW_X']), host('c')],
                   [instance('vm', 'a', extra_specs={'trait:HW_X': 'required'}),
                    instance('vm2', 'a', extra_specs={'trait:HW_X': 'forbidden'})])
    assert targets(doc, 0) == {'b'}
    assert targets(doc, 1) == {'c'}


def test_aggregate_extra_specs_hold():
    doc = document([host('a'), host('b'), host('c')],
                   [instance('vm', 'a', extra_specs={'aggregate_instance_extra_specs:disk': 'ssd'})],
                   aggregates=[{'name': 'fast', 'hosts': ['c'], 'metadata': {'disk': 'nvme,ssd'}}])
    assert targets(doc) == {'c'}


def test_hosts_kept_for_a_tenant_take_only_that_tenant():
    doc = document([host('a'), host('b'), host('c')],
                   [instance('vm', 'a', project='red'), instance('vm2', 'a', project='blue')],
                   aggregates=[{'name': 'reds', 'hosts': ['b'], 'metadata': {'filter_tenant_id': 'red'}}])
    assert targets(doc, 0) == {'b', 'c'}
    assert targets(doc, 1) == {'c'}


def group(policy, members, **rules):
    return [{'id': 'g', 'name': 'g', 'policy': policy, 'members': members, 'rules': rules}]


def test_anti_affinity_keeps_members_apart():
    doc = document([host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'b')],
                   server_groups=group('anti-affinity', ['vm', 'vm2']))
    assert targets(doc) == {'c'}


def test_anti_affinity_counts_up_to_max_server_per_host():
    doc = document([host('a'), host('b'), host('c')],
                   [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'c'), instance('vm4', 'c')],
                   server_groups=group('anti-affinity', ['vm', 'vm2', 'vm3', 'vm4'], max_server_per_host=2))
    assert targets(doc) == {'b'}


def test_an_affinity_group_that_stands_together_is_stuck():
    doc = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'a')],
                   server_groups=group('affinity', ['vm', 'vm2']))
    assert 'affinity group g' in stuck(doc)


def test_a_stray_of_an_affinity_group_may_only_go_home():
    doc = document([host('a'), host('b'), host('c')],
                   [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')],
                   server_groups=group('affinity', ['vm', 'vm2', 'vm3']))
    assert stuck(doc) == ''
    assert targets(doc) == {'b'}


def test_soft_groups_forbid_nothing_but_are_regretted():
    doc = document([host('a'), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'b')],
                   server_groups=group('soft-anti-affinity', ['vm', 'vm2']))
    trial = WhatIf(allocation_problem(read(doc).cluster))
    assert targets(doc) == {'b', 'c'}
    assert trial.regrets(0, trial.fits(0).nonzero()[0]).tolist() == [1, 0]
