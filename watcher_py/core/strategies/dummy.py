# SPDX-License-Identifier: Apache-2.0
"""Prove that the way from an audit to executed actions works, without touching the cloud."""

from watcher_py.core.budget import Budget
from watcher_py.core.changes import Change, Nop, Sleep
from watcher_py.core.goals import DUMMY
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategy import Params, Strategy

SECONDS = {'description': 'Seconds that the sleep action waits', 'type': 'number',
           'default': 3.2, 'minimum': 1.0, 'maximum': 10.2}
MESSAGE = {'description': 'Message of the first nop action', 'type': 'string', 'default': 'hello'}
PARAMETERS = {'properties': {'para1': SECONDS, 'para2': MESSAGE}}


def needs(params: Params) -> list[MetricNeed]:
    return []


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    why = 'the dummy strategy always proposes it'
    return Solution(tuple(Proposal(change, why) for change in changes(params['para2'], params['para1'])))


def changes(message: str, seconds: float) -> tuple[Change, ...]:
    """What clients and their tests rely on: two nops and a sleep."""
    return Nop(message), Nop('Welcome'), Sleep(seconds)


STRATEGY = Strategy('dummy', 'Dummy strategy', DUMMY, PARAMETERS, needs, decide)
