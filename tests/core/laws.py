# SPDX-License-Identifier: Apache-2.0
"""What holds for the plan of every strategy, checked without asking the code that made it."""

import random
from collections import Counter

import numpy as np

from tests.core.nova import Pieces, check_hypervisors, check_request
from tests.core.volume_laws import VolumeLedger
from watcher_py.core.changes import Migrate, SetPower, SetService
from watcher_py.core.cluster import Policy


class Ledger:
    """Allocations as Nova keeps them: a server in migration counts on both its nodes."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.rows = {name: row for row, name in enumerate(cluster.nodes.name)}
        self.servers = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
        self.used, self.capacity = cluster.used(), cluster.capacity()
        self.at = [Counter([node]) for node in cluster.servers.node.tolist()]
        self.enabled = cluster.nodes.enabled.copy()
        self.pieces = Pieces(cluster)

    def start(self, change):
        if isinstance(change, SetService):
            assert self.cluster.nodes.known[self.rows[change.node_name]], f'{change}: the node is not known'
            self.enabled[self.rows[change.node_name]] = change.is_enabled
        if isinstance(change, SetPower):
            self.check_power(change)
        if not isinstance(change, Migrate):
            return
        server, target = self.servers[change.server], self.rows[change.target]
        assert self.at[server][self.rows[change.source]], f'{change} starts where the server is not'
        assert self.cluster.nodes.known[self.rows[change.source]], f'{change}: the source is not known'
        check_hypervisors(self.cluster, server, self.rows[change.source], target)
        check_request(self.cluster, server, target)
        self.check(server, target, change)
        self.used[target] += self.cluster.servers.demand[server]
        self.at[server][target] += 1
        self.pieces.take(server, target)

    def end(self, change):
        if isinstance(change, Migrate):
            server, source = self.servers[change.server], self.rows[change.source]
            self.used[source] -= self.cluster.servers.demand[server]
            self.at[server] -= Counter([source])
            self.pieces.give(server, source)

    def check_power(self, change):
        """A machine is switched that is known and at rest; off only when nothing is on it, nor can come."""
        machines, node = self.cluster.machines, self.rows[change.node_name]
        machine = machines.uuid.index(change.machine)
        assert [row for row, of in enumerate(machines.node.tolist()) if of == node] == [machine], change
        assert machines.known[machine], f'{change}: the machine is not known'
        assert not machines.maintenance[machine], f'{change}: the machine is in maintenance'
        assert self.cluster.nodes.known[node], f'{change}: the node is not known'
        if not change.is_on:
            assert not any(at[node] for at in self.at), f'{change}: a server is on it'
            assert not self.enabled[node], f'{change}: servers could come'

    def check(self, server, target, change):
        nodes, servers = self.cluster.nodes, self.cluster.servers
        assert self.enabled[target], f'{change}: the target is disabled'
        assert nodes.up[target], f'{change}: the target is down'
        assert nodes.known[target], f'{change}: the target is not known'
        assert not servers.locked[server], f'{change}: locked'
        assert not servers.excluded[server], f'{change}: excluded'
        assert not servers.task_state[server], f'{change}: busy'
        assert servers.pinned_zone[server] in (None, nodes.zone[target]), f'{change}: breaks the zone pin'
        need = servers.demand[server]
        room = self.used[target] + need <= self.capacity[target] + 1e-6
        assert (room | (need == 0)).all(), f'{change}: no room'
        assert (need <= nodes.total[target]).all(), f'{change}: larger than the node'
        for group in self.cluster.groups:
            mates = [row for row in group.members.tolist() if row != server]
            if server not in group.members or not mates:
                continue
            there = sum(bool(self.at[row][target]) for row in mates)
            if group.policy is Policy.ANTI_AFFINITY:
                assert there < group.limit, f'{change}: breaks anti-affinity'
            elif group.policy is Policy.AFFINITY:
                assert there, f'{change}: breaks affinity'


def interleaved(plan, order=None):
    """The starts and ends of the plan's actions (their places), with as much at once as its parents allow.

    `order` is a random.Random that decides what starts and ends next; without it, one by one.
    """
    waiting, running, done = list(range(len(plan.actions))), [], set()
    while waiting or running:
        ready = [place for place in waiting if done.issuperset(plan.actions[place].parents)]
        if ready and (not running or (order and order.random() < 0.7)):
            place = order.choice(ready) if order else ready[0]
            waiting.remove(place)
            yield 'start', place
            running.append(place)
        else:
            assert running, 'the plan waits for itself'
            place = running.pop(order.randrange(len(running)) if order else 0)
            yield 'end', place
            done.add(place)


def execute(cluster, plan, order=None):
    """Where the servers end when the plan runs interleaved, each action legal at its moment."""
    ledger, volumes = Ledger(cluster), VolumeLedger(cluster)
    for deed, place in interleaved(plan, order):
        for kept in (ledger, volumes):
            getattr(kept, deed)(plan.actions[place].change)
    return np.array([next(iter(+at)) for at in ledger.at], dtype=np.int64)


def check_laws(snapshot, solution, plan, seed=0):
    """Moves are legal in any order, only parking moves a server twice, and what is promised comes."""
    cluster = snapshot.cluster
    moves = [action for action in plan.actions if isinstance(action.change, Migrate)]
    assert all(action.change.source != action.change.target for action in moves)
    arrivals = Counter(action.change.server for action in moves if not action.is_parking)
    assert set(arrivals.values()) <= {1}
    parked = Counter(action.change.server for action in moves if action.is_parking)
    assert set(parked.values()) <= {1}
    left_out = {proposal.change.server for proposal in plan.left_out if isinstance(proposal.change, Migrate)}
    assert set(parked) <= set(arrivals) | left_out
    one_by_one = execute(cluster, plan)
    side_by_side = execute(cluster, plan, random.Random(seed))
    assert one_by_one.tolist() == side_by_side.tolist()
    if solution.outcome is not None:
        assert solution.outcome.bound <= solution.outcome.after <= solution.outcome.before
    return one_by_one


def carry_out(plan, pace):
    """When each action starts, and when all is done, if all last as long as predicted.

    Of those whose parents have ended and whose nodes have a lane, the first in the plan goes first.
    """
    starts, ends, now = {}, {}, 0.0
    while len(starts) < len(plan.actions):
        for place, action in enumerate(plan.actions):
            on = [other for other in starts if ends[other] > now + 1e-3 and is_move(plan.actions[other])]
            is_due = all(ends.get(parent, np.inf) <= now + 1e-3 for parent in action.parents)
            if place in starts or not is_due:
                continue
            if not is_move(action) or has_lane(plan, pace, on, action.change):
                starts[place], ends[place] = now, now + action.seconds
        now = min((end for end in ends.values() if end > now + 1e-3), default=now)
    return [starts[place] for place in range(len(starts))], max(ends.values(), default=0.0)


def is_move(action):
    return isinstance(action.change, Migrate)


def has_lane(plan, pace, running, move):
    burden = Counter(end for place in running for change in [plan.actions[place].change]
                     for end in (change.source, change.target))
    is_one_more = pace.in_all is None or len(running) < pace.in_all
    return is_one_more and max(burden[move.source], burden[move.target]) < pace.per_node
