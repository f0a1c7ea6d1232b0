# SPDX-License-Identifier: Apache-2.0
"""The dummy's actions, and a resize that goes all the way to Nova and changes nothing there.

A server is asked to become of the flavor that it has: the action finds it so, and is skipped.
"""

from watcher_py.core.budget import Budget
from watcher_py.core.changes import Resize
from watcher_py.core.goals import DUMMY
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategies.dummy import PARAMETERS, changes, needs
from watcher_py.core.strategy import Params, Strategy


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    why = 'the dummy strategy always proposes it'
    *nops, sleep = (Proposal(change, why) for change in changes(params['para2'], params['para1']))
    return Solution((*nops, *_resize(snapshot), sleep))


def _resize(snapshot: Snapshot) -> list[Proposal]:
    """Of the first server that may be touched; none where there is no such server."""
    cluster, movable = snapshot.cluster, snapshot.problem.movable
    for row, (uuid, name, flavor) in enumerate(zip(
            cluster.servers.uuid, cluster.servers.name, cluster.servers.flavor, strict=True)):
        if movable[row] and flavor:
            change = Resize(uuid, name, cluster.nodes.name[cluster.servers.node[row]], flavor)
            return [Proposal(change, f'{name} is of flavor {flavor} already: nothing happens to it')]
    return []


STRATEGY = Strategy('dummy_with_resize', 'Dummy strategy with resize', DUMMY, PARAMETERS, needs, decide)
