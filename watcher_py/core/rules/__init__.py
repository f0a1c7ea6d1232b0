# SPDX-License-Identifier: Apache-2.0
"""What may stand where, as Nova and Placement see it: one model for every strategy.

Servers that are treated alike form a class, and a mask a class says which nodes take it. Only
anti-affinity depends on where other servers are at the moment; it is answered from counts.
"""

from watcher_py.core.rules.classes import Rules, misplaced, rules_of, takes_new
from watcher_py.core.rules.journey import COLD_STATES, LIVE_STATES, is_live

__all__ = ('COLD_STATES', 'LIVE_STATES', 'Rules', 'is_live', 'misplaced', 'rules_of',
           'takes_new')
