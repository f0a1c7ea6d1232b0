# SPDX-License-Identifier: Apache-2.0
"""Which rows a purge may delete: decided on their references alone, without a database."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

Key = tuple[type[Any], int]


class Row(NamedTuple):
    """What a purge has to know of a row."""

    key: Key
    parent: Key | None
    refers: tuple[Key, ...]     # to the rows that must stay as long as this one; the parent is among them
    is_deleted: bool            # softly
    is_due: bool                # whether it was deleted long enough ago
    is_at_rest: bool            # whether it may go with its parent though it is not deleted itself
    goal: int | None            # the id of the goal that it belongs to


def choose(rows: Sequence[Row], with_orphans: bool, goals: Collection[int] | None = None) -> list[Row]:
    """The rows that go, children first, out of rows that stand parents first; of these goals, or of all."""
    doomed = _doomed(rows, with_orphans)
    going: list[Row] = []
    held: set[Key] = set()
    for row in reversed(rows):
        if row.key in doomed and row.key not in held and (goals is None or row.goal in goals):
            going.append(row)
        else:
            held.update(row.refers)
    return going


def up_to(going: Sequence[Row], most: int) -> list[Row]:
    """At most so many of the chosen, goal by goal; none goes before what refers to it."""
    by_goal = sorted(going, key=lambda row: (row.goal is None, row.goal))
    references = Counter(key for row in going for key in row.refers)
    taken: list[Row] = []
    for row in by_goal:
        if len(taken) < most and not references[row.key]:
            taken.append(row)
            references.subtract(row.refers)
    return taken


def _doomed(rows: Sequence[Row], with_orphans: bool) -> set[Key]:
    doomed: set[Key] = set()
    for row in rows:
        goes_with_parent = row.parent in doomed and (row.is_deleted or (with_orphans and row.is_at_rest))
        if goes_with_parent or (row.is_deleted and row.is_due):
            doomed.add(row.key)
    return doomed
