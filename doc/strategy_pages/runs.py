# SPDX-License-Identifier: Apache-2.0
"""Run a strategy on its example, and carry the plan out on paper."""

import json
from dataclasses import dataclass
from pathlib import Path

from strategy_pages.examples import Example
from watcher_py import plugins, schemas
from watcher_py.core import document
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, MoveVolume, SetPower, SetService
from watcher_py.core.foresight import foreseen
from watcher_py.core.replay import replay
from watcher_py.core.schedule import Plan, schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Strategy

CLUSTERS = Path(__file__).parent.parent / 'strategies_examples'


@dataclass(frozen=True, eq=False)
class Run:
    """What a strategy made of its example; `after` is the cluster when the plan is carried out."""

    example: Example
    strategy: Strategy
    before: Snapshot
    solution: Solution
    plan: Plan
    after: Snapshot

    @property
    def is_placing(self) -> bool:
        """Whether it changes where anything stands, or whether a node is in use."""
        return any(isinstance(action.change, Migrate | MoveVolume | SetPower | SetService)
                   for action in self.plan.actions)


def run(example: Example) -> Run:
    strategy = plugins.strategies()[example.strategy]
    values = schemas.parameters(strategy.name, strategy.parameters, example.params)
    before = document.read(json.loads(cluster_file(example.strategy).read_text()))
    solution = strategy.decide(before, values, UNLIMITED)
    plan = schedule(before, solution)
    return Run(example, strategy, before, solution, plan, carried_out(before, plan))


def cluster_file(name: str) -> Path:
    return CLUSTERS / f'{name}.json'


def carried_out(before: Snapshot, plan: Plan) -> Snapshot:
    if replay(before.cluster, plan).refused or plan.left_out:
        raise SystemExit(f'{before.name}: the example must be one that can be carried out')
    return foreseen(before, plan)
