# SPDX-License-Identifier: Apache-2.0
"""Strategies that only move servers: what comes of them is known beforehand."""

from collections import Counter

import pytest

from tests.core.clusters import document, host, instance

BUSY = {'cpu_util_pct': 100.0, 'ram_used_mb': 1024.0}


def uuid(number):
    return f'{number:032x}'


def servers(count, on, first=0, **values):
    """So many of two cores each that never pause."""
    return [instance(uuid(first + number), on, metrics=BUSY, **values) for number in range(count)]


def carried_out(town, doc, strategy, **parameters):
    """The town and its plan, carried out."""
    here = town(doc)
    plan = here.plan(strategy, **parameters)
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    return here, ended


@pytest.mark.parametrize('strategy', [
    'basic', 'vm_workload_consolidation', 'node_resource_consolidation'])
def test_servers_end_on_as_few_hosts_as_hold_them(town, strategy):
    doc = document([host(name) for name in 'abcd'],
                   [instance(uuid(number), name) for number, name in enumerate('abcd')])
    here, plan = carried_out(town, doc, strategy)
    kept, = set(here.standing().values())
    assert plan['after'] == plan['bound'] == 1
    with here.cloud.world.lock:
        closed = {each.name for each in here.cloud.world.hosts.values() if not each.enabled}
    assert closed == set('abcd') - {kept}


@pytest.mark.parametrize(('strategy', 'parameters'), [
    ('workload_balance', {'threshold': 50.0}),
    ('workload_stabilization', {'thresholds': {'instance_cpu_usage': 0.05}})])
def test_what_one_host_has_too_much_of_goes_to_the_idle_one(town, strategy, parameters):
    hosts = [host('a', metrics={'cpu_util_pct': 75.0, 'ram_used_mb': 6144.0}),
             host('b', metrics={'cpu_util_pct': 0.0, 'ram_used_mb': 0.0})]
    here, _ = carried_out(town, document(hosts, servers(6, 'a')), strategy, **parameters)
    stand = Counter(here.standing().values())
    # Four of them are half of a host.
    assert stand['a'] <= 4
    assert stand['b'] >= 2
    assert sum(stand.values()) == 6


def test_servers_that_a_rule_parts_are_parted(town):
    doc = document([host('a'), host('b')], servers(2, 'a'),
                   server_groups=[{'id': uuid(99), 'policy': 'anti-affinity', 'members': [uuid(0), uuid(1)]}])
    here, plan = carried_out(town, doc, 'rule_repair')
    assert sorted(here.standing().values()) == ['a', 'b']
    assert (plan['before'], plan['after']) == (1, 0)


def test_room_for_a_large_server_is_made_in_one_piece(town):
    # Ten of sixteen vCPUs are free on both, and twelve are asked for.
    doc = document([host('a'), host('b')], [*servers(3, 'a'), *servers(3, 'b', first=3)])
    here, _ = carried_out(town, doc, 'defragmentation', flavors=[{'vcpus': 12, 'ram_mb': 4096, 'count': 1}])
    assert sorted(Counter(here.standing().values()).values()) == [2, 4]


@pytest.mark.parametrize(('strategy', 'ends'), [
    ('dummy', {'nop': 'SUCCEEDED', 'sleep': 'SUCCEEDED'}),
    ('dummy_with_scorer', {'nop': 'SUCCEEDED', 'sleep': 'SUCCEEDED'}),
    ('dummy_with_resize', {'nop': 'SUCCEEDED', 'resize': 'SKIPPED', 'sleep': 'SUCCEEDED'})])
def test_dummies_do_what_they_say_and_move_nobody(town, strategy, ends):
    quick = {'param1': 1.0} if strategy == 'dummy_with_scorer' else {'para1': 1.0}
    doc = document([host('a'), host('b')], servers(1, 'a', flavor='small'))
    here, plan = carried_out(town, doc, strategy, **quick)
    assert {action['action_type']: action['state'] for action in plan['actions']} == ends
    assert set(here.standing().values()) == {'a'}
