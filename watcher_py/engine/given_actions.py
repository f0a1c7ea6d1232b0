# SPDX-License-Identifier: Apache-2.0
"""Whether actions that are asked for by name are installed, and take what they are given."""

from collections.abc import Mapping

from watcher_py import schemas
from watcher_py.core.changes import Given
from watcher_py.core.errors import Invalid
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Schema


def check(solution: Solution, actions: Mapping[str, Schema]) -> None:
    """Raise Invalid for the first that is not one of these, or has parameters that are not of its schema.

    The applier would find out, too, but when half of the plan is done.
    """
    given = [proposal.change for proposal in solution.proposals if isinstance(proposal.change, Given)]
    for place, change in enumerate(given, 1):
        what = f'action {place} of {len(given)}, {change.action_type}'
        if change.action_type not in actions:
            there_are = ', '.join(sorted(actions)) or 'none'
            raise Invalid(f'{what}: there is no such action; there are {there_are}')
        schemas.check(change.parameters(), actions[change.action_type], what)
