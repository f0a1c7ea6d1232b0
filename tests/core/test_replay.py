# SPDX-License-Identifier: Apache-2.0
"""Replaying a plan on paper finds the moves that Nova would refuse."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate, SetService
from watcher_py.core.document import read
from watcher_py.core.replay import replay
from watcher_py.core.schedule import Plan, PlannedAction

CLUSTER = read(document(
    [host('a'), host('b'), host('full', vcpus=2), host('off', status='disabled')],
    [instance('vm', 'a'), instance('locked', 'a', locked=True), instance('filler', 'full')])).cluster


def plan(*changes):
    return Plan(tuple(PlannedAction(change, '') for change in changes))


def test_a_move_with_room_is_made():
    result = replay(CLUSTER, plan(Migrate('vm', 'vm', 'a', 'b')))
    assert result.refused == ()
    assert result.node.tolist() == [1, 0, 2]


@pytest.mark.parametrize('move', [
    Migrate('vm', 'vm', 'a', 'full'), Migrate('vm', 'vm', 'a', 'off'), Migrate('vm', 'vm', 'b', 'full'),
    Migrate('locked', 'locked', 'a', 'b'), Migrate('vm', 'vm', 'a', 'a')])
def test_a_move_that_nova_would_refuse_is_counted_and_not_made(move):
    result = replay(CLUSTER, plan(move))
    assert result.refused == (0,)
    assert result.node.tolist() == CLUSTER.servers.node.tolist()


def test_room_made_by_an_earlier_move_counts():
    result = replay(CLUSTER, plan(Migrate('filler', 'filler', 'full', 'b'), Migrate('vm', 'vm', 'a', 'full')))
    assert result.refused == ()


def test_services_are_switched_as_the_plan_goes():
    to_off = Migrate('vm', 'vm', 'a', 'off')
    assert replay(CLUSTER, plan(SetService('off-id', 'off', True), to_off)).refused == ()
    assert replay(CLUSTER, plan(to_off, SetService('off-id', 'off', True))).refused == (0,)
