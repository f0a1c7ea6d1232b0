# SPDX-License-Identifier: Apache-2.0
"""Volumes move in the room that their pools have, and never while their servers do."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host, instance
from tests.core.laws import execute
from tests.core.storages import POOLS, pool, volume
from watcher_py.core.changes import Migrate, MoveVolume, Nop
from watcher_py.core.document import read
from watcher_py.core.pace import AtOnce
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution


def cluster(pools, volumes, instances=()):
    return read(document([host('a'), host('b')], list(instances), pools=pools, volumes=[
        {**one, 'snapshots': 0} for one in volumes])).cluster


def move(uuid, source, target):
    return Proposal(MoveVolume(uuid, '', POOLS[source - 1], POOLS[target - 1]), 'why')


def told(plan):
    return [(action.change.parameters()['resource_id'], action.parents) for action in plan.actions]


def test_a_volume_waits_for_the_one_that_makes_room_for_it():
    there = cluster([pool(1), pool(2, free_gb=10), pool(3)],
                    [volume('in', 1, size_gb=100), volume('out', 2, size_gb=90)])
    plan = schedule(Snapshot(there), Solution((move('in', 1, 2), move('out', 2, 3))))
    assert told(plan) == [('out', ()), ('in', (0,))]
    assert plan.actions[1].start == plan.actions[0].seconds


def test_what_never_finds_room_is_left_out_with_the_reason():
    there = cluster([pool(1), pool(2, free_gb=10)], [volume('large', 1, size_gb=100), volume('small', 1)])
    plan = schedule(Snapshot(there), Solution((move('large', 1, 2), move('small', 1, 2))))
    assert told(plan) == [('small', ())]
    assert [(one.change.volume, one.reason) for one in plan.left_out] == [
        ('large', 'left out: whatever else moves before, its pool never has room for it')]


def test_a_server_and_its_volume_move_one_after_the_other_as_the_solution_has_them():
    there = cluster([pool(1), pool(2)], [volume('v', 1, attached_to=['vm'], status='in-use')],
                    [instance('vm', 'a')])
    server, disk = Proposal(Migrate('vm', 'vm', 'a', 'b'), 'why'), move('v', 1, 2)
    assert told(schedule(Snapshot(there), Solution((disk, server)))) == [('v', ()), ('vm', (0,))]
    assert told(schedule(Snapshot(there), Solution((server, disk)))) == [('vm', ()), ('v', (0,))]


def test_servers_and_volumes_share_the_number_of_moves_at_once():
    there = cluster([pool(1), pool(2)], [volume('v', 1), volume('w', 1)], [instance('vm', 'a')])
    solution = Solution((move('v', 1, 2), Proposal(Migrate('vm', 'vm', 'a', 'b'), 'why'), move('w', 1, 2)),
                        at_once=AtOnce(in_all=1))
    plan = schedule(Snapshot(there), solution)
    assert told(plan) == [('v', ()), ('vm', ()), ('w', ())]
    assert plan.makespan == sum(action.seconds for action in plan.actions)
    assert [action.start for action in schedule(Snapshot(there), Solution(solution.proposals)).actions] == [
        0.0, 0.0, 0.0]


def test_what_has_nothing_to_do_with_volumes_stays_in_its_order():
    there = cluster([pool(1), pool(2)], [volume('v', 1)])
    solution = Solution((Proposal(Nop('first'), ''), move('v', 1, 2), Proposal(Nop('then'), '')))
    plan = schedule(Snapshot(there), solution)
    nops = [place for place, action in enumerate(plan.actions) if isinstance(action.change, Nop)]
    assert [plan.actions[place].change.message for place in nops] == ['first', 'then']
    assert plan.actions[nops[1]].parents == (nops[0],)


AT_ONCE = AtOnce(in_all=3, per_pool=2)


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=10), seed=st.integers(0, 1000),
       free=st.lists(st.integers(0, 120), min_size=3, max_size=3))
def test_whatever_order_keeps_to_the_waits_keeps_room_and_the_times_keep_lanes(sizes, seed, free):
    chance = random.Random(seed)
    there = cluster([pool(number, free_gb=free_gb) for number, free_gb in enumerate(free, start=1)],
                    [volume(f'v{number}', number % 3 + 1, size_gb=size) for number, size in enumerate(sizes)])
    solution = Solution(tuple(move(f'v{number}', number % 3 + 1, (number + chance.choice((1, 2))) % 3 + 1)
                              for number in range(len(sizes))), at_once=AT_ONCE)
    plan = schedule(Snapshot(there), solution)
    execute(there, plan, random.Random(seed))
    assert len(plan.actions) + len(plan.left_out) == len(sizes)
    assert plan.bound <= plan.makespan + 1e-6
    for moment in (action.start for action in plan.actions):
        running = [action.change for action in plan.actions
                   if action.start <= moment < action.start + action.seconds - 1e-6]
        busy = Counter(end for change in running for end in (change.source, change.target))
        assert len(running) <= AT_ONCE.in_all
        assert max(busy.values()) <= AT_ONCE.per_pool
