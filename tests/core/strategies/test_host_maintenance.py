# SPDX-License-Identifier: Apache-2.0
"""Emptying a node for maintenance."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, SetService, Stop
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.strategies.host_maintenance import STRATEGY
from watcher_py.core.strategy import with_defaults


def decide(doc, **params):
    values = with_defaults(STRATEGY.parameters, {'maintenance_node': 'a', **params})
    return STRATEGY.decide(read(doc), values, UNLIMITED)


def changes(solution, kind):
    return [proposal.change for proposal in solution.proposals if isinstance(proposal.change, kind)]


HOSTS = [host('a'), host('b'), host('c', vcpus=32, ram_mb=131072)]


def test_a_drained_node_ends_empty_and_disabled_for_maintenance():
    solution = decide(document(HOSTS, [instance('vm', 'a'), instance('vm2', 'a', state='stopped')]))
    assert changes(solution, SetService) == [SetService('a-id', 'a', False, 'watcher_maintaining')]
    assert {(move.server, move.is_live) for move in changes(solution, Migrate)} == {
        ('vm', True), ('vm2', False)}
    assert (solution.outcome.before, solution.outcome.after) == (2, 0)


def test_servers_are_spread_and_not_piled_up():
    solution = decide(document([host('a'), host('b'), host('c')],
                               [instance(f'vm{row}', 'a') for row in range(4)]))
    assert sorted(move.target for move in changes(solution, Migrate)) == ['b', 'b', 'c', 'c']


def test_the_backup_takes_what_it_has_room_for_and_is_enabled_first():
    hosts = [host('a'), host('b', vcpus=2, status='disabled'), host('c')]
    solution = decide(document(hosts, [instance('vm', 'a'), instance('vm2', 'a')]), backup_node='b')
    assert changes(solution, SetService)[0] == SetService('b-id', 'b', True)
    assert sorted(move.target for move in changes(solution, Migrate)) == ['b', 'c']


def test_a_backup_that_takes_nothing_stays_as_it_is():
    hosts = [host('a'), host('b', vcpus=1, status='disabled'), host('c')]
    solution = decide(document(hosts, [instance('vm', 'a')]), backup_node='b')
    assert [change.node_name for change in changes(solution, SetService)] == ['a']


def test_without_live_migration_servers_are_moved_cold():
    solution = decide(document(HOSTS, [instance('vm', 'a'), instance('p', 'a', state='paused')]),
                      disable_live_migration=True)
    assert [(move.server, move.is_live) for move in changes(solution, Migrate)] == [('vm', False)]
    assert 'paused' in solution.stayed['p']


def test_without_any_migration_running_servers_are_stopped():
    doc = document(HOSTS, [instance('vm', 'a'), instance('off', 'a', state='stopped'),
                           instance('kept', 'a', locked=True)])
    solution = decide(doc, disable_live_migration=True, disable_cold_migration=True)
    assert changes(solution, Stop) == [Stop('vm', 'vm', 'a')]
    assert changes(solution, Migrate) == []
    assert set(solution.stayed) == {'vm', 'off', 'kept'}
    assert solution.outcome.after == solution.outcome.bound == 3


def test_what_can_not_move_is_told_and_the_rest_goes():
    doc = document(HOSTS, [instance('kept', 'a', locked=True), instance('big', 'a', vcpus=40),
                           instance('vm', 'a')])
    solution = decide(doc)
    assert solution.stayed == {'kept': 'it is locked',
                               'big': 'no other node has room for it and is allowed to take it'}
    assert [move.server for move in changes(solution, Migrate)] == ['vm']
    # No node is large enough for the big one, so both are proven to stay.
    assert (solution.outcome.after, solution.outcome.bound) == (2, 2)


def test_a_node_that_is_disabled_already_is_not_disabled_again():
    solution = decide(document([host('a', status='disabled'), host('b')], [instance('vm', 'a')]))
    assert changes(solution, SetService) == []
    assert len(changes(solution, Migrate)) == 1


def test_several_nodes_are_emptied_at_once_and_disabled_before_any_server_moves():
    hosts = [host('a'), host('b'), host('c'), host('d', status='disabled')]
    solution = decide(document(hosts, [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'd')]),
                      maintenance_nodes=['b', 'd'])
    assert [(change.node_name, change.is_enabled) for change in changes(solution, SetService)] == [
        ('a', False), ('b', False)]
    assert [isinstance(proposal.change, SetService) for proposal in solution.proposals][:2] == [True, True]
    assert {move.target for move in changes(solution, Migrate)} == {'c'}
    assert (solution.outcome.before, solution.outcome.after) == (3, 0)


def test_another_server_makes_way_only_when_there_is_no_room_and_says_so():
    hosts = [host('a'), host('b'), host('c', vcpus=8)]
    solution = decide(document(hosts, [instance('vm', 'a', vcpus=12), instance('other', 'b', vcpus=6)]))
    assert {proposal.change.server: proposal.reason for proposal in solution.proposals
            if isinstance(proposal.change, Migrate)} == {
        'vm': 'a is to be maintained; b has room and may take it',
        'other': 'makes way on b for servers that find no room elsewhere'}
    assert (solution.outcome.before, solution.outcome.after) == (1, 0)


def test_who_makes_way_is_moved_as_the_audit_allows():
    hosts = [host('a'), host('b'), host('c', vcpus=8)]
    doc = document(hosts, [instance('vm', 'a', vcpus=12), instance('other', 'b', vcpus=6)])
    solution = decide(doc, disable_live_migration=True)
    assert [move.is_live for move in changes(solution, Migrate)] == [False, False]


@pytest.mark.parametrize(('params', 'sentence'), [
    ({'maintenance_node': 'z'}, 'there is no compute node z'),
    ({'backup_node': 'z'}, 'there is no compute node z'),
    ({'maintenance_nodes': ['b', 'z']}, 'there is no compute node z'),
    ({'backup_node': 'a'}, 'backup_node is the node to maintain'),
    ({'backup_node': 'b', 'maintenance_nodes': ['b']}, 'backup_node is the node to maintain')])
def test_a_wrong_node_is_told(params, sentence):
    with pytest.raises(Invalid, match=sentence):
        decide(document(HOSTS, []), **params)
