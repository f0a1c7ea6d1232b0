# SPDX-License-Identifier: Apache-2.0
"""Machines in a plan: on before all else, off once everything has left."""

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate, SetPower, SetService
from watcher_py.core.document import read
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution


def off(name):
    return [SetService(f'{name}-id', name, False, 'watcher_disabled', True),
            SetPower(f'{name}-metal', name, False, 60.0)]


def planned(doc, *changes):
    cluster = read(doc).cluster
    return schedule(Snapshot(cluster), Solution(tuple(Proposal(change, 'said so') for change in changes)))


def places(plan):
    return {action.change: place for place, action in enumerate(plan.actions)}


def test_a_node_is_disabled_then_emptied_then_switched_off():
    move, (disable, switch) = Migrate('vm', 'vm', 'a', 'b'), off('a')
    plan = planned(document([host('a'), host('b')], [instance('vm', 'a')]), switch, move, disable)
    place = places(plan)
    assert plan.actions[place[move]].parents == (place[disable],)
    assert set(plan.actions[place[switch]].parents) == {place[disable], place[move]}
    last = plan.actions[place[switch]]
    assert last.start >= plan.actions[place[move]].start + plan.actions[place[move]].seconds
    assert plan.makespan == last.start + 60.0


def test_a_node_is_woken_then_enabled_and_what_comes_to_it_waits_for_both():
    wake, enable = SetPower('b-metal', 'b', True, 300.0), SetService('b-id', 'b', True)
    first, second = Migrate('vm', 'vm', 'a', 'b'), Migrate('vm2', 'vm2', 'c', 'a')
    plan = planned(document([host('a', vcpus=2), host('b'), host('c')],
                            [instance('vm', 'a'), instance('vm2', 'c')]), second, first, enable, wake)
    place = places(plan)
    assert plan.actions[place[enable]].parents == (place[wake],)
    assert place[enable] in plan.actions[place[first]].parents
    assert plan.actions[place[first]].start >= 300.0
    # It takes the room of the first, so it waits for the machine as well.
    assert plan.actions[place[second]].start >= 300.0 + plan.actions[place[first]].seconds


def test_a_node_that_keeps_a_server_stays_on_and_enabled():
    # Two large ones that would have to change places, and no third node for either.
    doc = document([host('a'), host('b'), host('c', vcpus=1)],
                   [instance('x', 'a', vcpus=10), instance('y', 'b', vcpus=10)])
    disable, switch = off('a')
    plan = planned(doc, disable, Migrate('x', 'x', 'a', 'b'), switch)
    assert plan.actions == ()
    assert {proposal.change for proposal in plan.left_out} == {
        disable, switch, Migrate('x', 'x', 'a', 'b')}
    assert all(proposal.reason.startswith('left out') for proposal in plan.left_out)


def test_other_nodes_are_switched_off_all_the_same():
    doc = document([host('a'), host('b'), host('c', vcpus=1)],
                   [instance('x', 'a', vcpus=10), instance('y', 'b', vcpus=10)])
    plan = planned(doc, *off('a'), Migrate('x', 'x', 'a', 'b'), *off('c'))
    assert [action.change for action in plan.actions] == off('c')
