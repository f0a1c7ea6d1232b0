# SPDX-License-Identifier: Apache-2.0
"""What goes first when a schedule is played through."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.pace import Pace
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule.draft import Task
from watcher_py.core.schedule.moves import moves_of
from watcher_py.core.schedule.play import draw

# One move at once from or to a node, and a GiB lasts a second.
PACE = Pace(per_node=1, link=1024.0, rewritten=0.0, overhead=0.0)


def draft(hosts, *moves):
    """Moves as (server, source, target, GiB, vCPUs)."""
    rows = [instance(name, source, vcpus=vcpus, ram_mb=size * 1024) for name, source, _, size, vcpus in moves]
    cluster = read(document(hosts, rows)).cluster
    problem = allocation_problem(cluster)
    changes = [Migrate(name, name, source, target) for name, source, target, _, _ in moves]
    is_open = np.ones(len(hosts), dtype=bool)
    return draw(Task(problem, moves_of(cluster, changes, PACE), PACE, is_open), {})


def roomy(name, vcpus=64):
    return host(name, vcpus=vcpus, ram_mb=4096 * 1024, disk_gb=100_000)


def test_a_departure_that_makes_room_others_need_goes_before_busier_nodes():
    hosts = [roomy('full', vcpus=4), roomy('a'), roomy('busy'), roomy('c')]
    steps = draft(hosts, ('out', 'full', 'busy', 1, 4), ('in', 'a', 'full', 1, 4),
                  ('other', 'c', 'busy', 6, 1), ('more', 'c', 'busy', 6, 1)).steps
    assert steps[0].move == 0


def test_who_has_to_be_parked_goes_as_soon_as_its_node_has_a_lane():
    """Long before circles are looked for again: there are 200 other moves, each of 10 s."""
    hosts = [roomy('a', vcpus=5), roomy('b', vcpus=5), *map(roomy, 'efgh')]
    steps = draft(hosts, ('x', 'a', 'b', 2, 4), ('y', 'b', 'a', 2, 4),
                  ('first', 'a', 'e', 3, 1), ('second', 'b', 'f', 3, 1),
                  *((f'vm{number}', 'g', 'h', 10, 0) for number in range(200))).steps
    assert [step.start for step in steps if step.is_parking] == [pytest.approx(3.0)]


def test_who_was_sure_of_room_waits_for_one_that_is_parked_there():
    """X is parked on c until y has left b; so z, for whom alone c had room, waits for x to go on."""
    hosts = [roomy('a', vcpus=4), roomy('b', vcpus=4), roomy('c', vcpus=4), *map(roomy, 'de')]
    found = draft(hosts, ('x', 'a', 'b', 2, 4), ('y', 'b', 'a', 9, 4),
                  ('w', 'd', 'e', 3, 1), ('z', 'd', 'c', 1, 4))
    steps = {(step.move, step.is_parking): step for step in found.steps}
    assert hosts[steps[0, True].target]['name'] == 'c'
    gone_on = found.steps.index(steps[0, False])
    assert steps[3, False].start == pytest.approx(steps[0, False].start + 2)
    assert gone_on in steps[3, False].parents
