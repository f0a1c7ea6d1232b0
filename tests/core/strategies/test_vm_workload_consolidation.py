# SPDX-License-Identifier: Apache-2.0
"""Consolidation."""

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, SetService
from watcher_py.core.document import read
from watcher_py.core.strategies.vm_workload_consolidation import STRATEGY
from watcher_py.core.strategy import with_defaults


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def busy(name, on, cores):
    return instance(name, on, vcpus=8, metrics={'cpu_util_pct': cores / 8 * 100, 'ram_used_mb': 100.0})


def test_two_half_empty_nodes_become_one_and_the_other_is_disabled():
    solution = decide(document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b'),
                                                        instance('vm3', 'b')]))
    assert [proposal.change for proposal in solution.proposals] == [
        SetService('a-id', 'a', False, 'watcher_disabled', is_conditional=True),
        Migrate('vm', 'vm', 'a', 'b')]
    assert solution.indicators == {'compute_nodes_count': 2, 'released_compute_nodes_count': 1,
                                   'instance_migrations_count': 1}
    assert (solution.outcome.before, solution.outcome.after, solution.outcome.bound) == (2, 1, 1)
    assert solution.outcome.gap == 0


def test_the_reason_names_the_node_that_is_emptied():
    solution = decide(document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b'),
                                                        instance('vm3', 'b')]))
    assert solution.proposals[1].reason.startswith('empties a, where 1 servers stand; b has room')


def test_a_node_is_not_filled_beyond_its_measured_headroom():
    # 7 + 7 cores of 16 are within an overcommit, but not within 80 % of the cores.
    hosts = [host(name, cpu_ratio=4.0, metrics={'cpu_util_pct': 43.75, 'ram_used_mb': 100.0})
             for name in ('a', 'b')]
    doc = document(hosts, [busy('vm', 'a', 7), busy('vm2', 'b', 7)])
    assert decide(doc).proposals == ()
    assert decide(doc, headroom=0.1).proposals != ()


def test_a_disabled_node_may_be_emptied_but_its_service_is_left_as_it_is():
    doc = document([host('a', status='disabled'), host('b')], [instance('vm', 'a'), instance('vm2', 'b')])
    assert [proposal.change for proposal in decide(doc).proposals] == [Migrate('vm', 'vm', 'a', 'b')]


def test_every_server_that_stays_for_a_rule_says_so():
    doc = document([host('a'), host('b')],
                   [instance('vm', 'a', locked=True), instance('vm2', 'b', locked=True)])
    solution = decide(doc)
    assert solution.proposals == ()
    assert solution.stayed['vm'] == 'it is locked'
    assert solution.stayed['a-id'] == '1 of its servers can not move'


def four_hosts():
    large = host('large', vcpus=64, ram_mb=2 ** 20, disk_gb=10 ** 4)
    return document([large, host('a'), host('b'), host('c')], [instance('vm', 'large', vcpus=20)] + [
        instance(f'vm-{name}', name, ram_mb=gib * 1024) for name, gib in (('a', 2), ('b', 3), ('c', 5))])


def moved(solution):
    return [proposal.change.server for proposal in solution.proposals if isinstance(proposal.change, Migrate)]


def test_a_plan_moves_no_more_servers_and_memory_than_it_may():
    every = four_hosts()
    every['instances'][0]['locked'] = True
    assert moved(decide(every)) == ['vm-a', 'vm-b', 'vm-c']
    assert moved(decide(every, max_moves=1)) == ['vm-a']
    # Of 14 GiB in all (4 are locked in place), 5 are 36 %.
    assert moved(decide(every, max_memory_moved=0.36)) == ['vm-a', 'vm-b']
    assert moved(decide(every, max_memory_moved=0.1)) == []


def test_a_plan_that_is_not_worth_its_moves_is_not_proposed():
    every = four_hosts()
    solution = decide(every, minimum_gain=4)
    assert solution.proposals == ()
    assert solution.outcome.after == solution.outcome.before == 4
    assert 'the least that is worth moving for is 4' in solution.refrained
    assert decide(every, minimum_gain=3).refrained == ''


def test_nodes_that_stay_in_use_say_why():
    doc = four_hosts()
    doc['instances'][3]['locked'] = True
    stayed = decide(doc, max_moves=1).stayed
    assert stayed['c-id'] == '1 of its servers can not move'
    assert stayed['b-id'] == 'no way was found to seat its servers on other nodes in use'
    assert 'it takes 1 of the servers that move' in decide(four_hosts(), max_moves=1).stayed.values()
