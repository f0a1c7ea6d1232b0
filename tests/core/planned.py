# SPDX-License-Identifier: Apache-2.0
"""What strategies plan, as deeds."""

from watcher_py.core.efficacy import Deed


def deeds_of(plan):
    """The plan's actions as they go to the database."""
    return [Deed(action.change.action_type, action.change.parameters(), action.seconds)
            for action in plan.actions]
