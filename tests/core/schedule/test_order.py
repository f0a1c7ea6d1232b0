# SPDX-License-Identifier: Apache-2.0
"""Drafts are drawn up until one is good enough."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate
from watcher_py.core.document import read
from watcher_py.core.pace import Pace
from watcher_py.core.problem import allocation_problem
from watcher_py.core.schedule.bound import shortest_makespan
from watcher_py.core.schedule.draft import Task
from watcher_py.core.schedule.moves import moves_of
from watcher_py.core.schedule.order import best_order
from watcher_py.core.schedule.play import draw

# One move at once from or to a node, and a GiB lasts a second.
PACE = Pace(per_node=1, link=1024.0, rewritten=0.0, overhead=0.0)


def task(moves):
    """Moves as (source, target, GiB) between roomy hosts a to f."""
    rows = [instance(f'vm{number}', source, vcpus=1, ram_mb=size * 1024)
            for number, (source, _, size) in enumerate(moves)]
    cluster = read(document([host(name, ram_mb=1024 * 1024) for name in 'abcdef'], rows)).cluster
    problem = allocation_problem(cluster)
    changes = [Migrate(row['id'], row['id'], source, target)
               for row, (source, target, _) in zip(rows, moves, strict=True)]
    return Task(problem, moves_of(cluster, changes, PACE), PACE, np.ones(6, dtype=bool))


# The first draft starts c to f before c to d, which is the longest and has others behind it.
MISLEADING = [('e', 'b', 4), ('c', 'f', 1), ('b', 'f', 5), ('c', 'd', 6), ('d', 'e', 2)]


def test_what_is_urgent_goes_first():
    moves = [('a', 'b', 3), ('a', 'c', 3), ('a', 'd', 3)]
    assert [step.move for step in draw(task(moves), {}).steps] == [0, 1, 2]
    assert [step.move for step in draw(task(moves), {2: 1.0}).steps] == [2, 0, 1]


def test_what_came_last_is_put_first_until_the_bound_is_reached():
    misled = task(MISLEADING)
    bound = shortest_makespan(misled.moves, misled.problem, PACE)
    assert bound == pytest.approx(9.0)
    assert draw(misled, {}).makespan == pytest.approx(11.0)
    assert best_order(misled, bound).makespan == pytest.approx(9.0)


def test_the_best_draft_counts_where_none_is_good_enough():
    """The first and the last last 13 s, one between them 12 s."""
    moves = [('d', 'a', 2), ('b', 'a', 4), ('a', 'f', 3), ('b', 'e', 6), ('a', 'e', 1), ('d', 'f', 6),
             ('f', 'c', 3)]
    assert best_order(task(moves), bound=1.0).makespan == pytest.approx(12.0)


def test_moves_that_touch_the_busiest_node_come_first():
    moves = [('a', 'b', 1), ('c', 'a', 1), ('c', 'd', 5)]
    assert draw(task(moves), {}).steps[0].move == 2
