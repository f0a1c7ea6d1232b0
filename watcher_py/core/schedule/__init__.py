# SPDX-License-Identifier: Apache-2.0
"""The order in which a solution is carried out."""

from watcher_py.core.schedule.plan import Plan, PlannedAction
from watcher_py.core.schedule.planner import schedule

__all__ = ['Plan', 'PlannedAction', 'schedule']
