# SPDX-License-Identifier: Apache-2.0
"""A strategy: a way to a goal, stated as pure functions of a snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from watcher_py.core.budget import Budget
from watcher_py.core.efficacy import Done
from watcher_py.core.goals import Goal
from watcher_py.core.limits import NO_LIMITS, Limits
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.problem import Problem
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.solve.terms import Term

Params = Mapping[str, Any]
Schema = Mapping[str, Any]


class Part(StrEnum):
    """What a cluster can hold beside its nodes and servers, as Watcher calls the models."""

    STORAGE = 'storage'
    BAREMETAL = 'baremetal'


@dataclass(frozen=True, eq=False)
class Stated:
    """What a strategy asks the solver: a problem, what is wished of it in order, and the limits."""

    problem: Problem
    terms: tuple[Term, ...] = ()
    limits: Limits = NO_LIMITS


@dataclass(frozen=True)
class Strategy:
    """`parameters` is the JSON schema of Params, defaults included.

    `parts` are those that its snapshots must hold; the others are not read for it. With `state` a decision
    can be explained in detail, long after it was made. `measure` gives the goal's indicators as they came
    out: of the snapshot that was decided on, of one that was taken after the plan was carried out, and of
    what was done of it. That later snapshot has the readings of `outcome_needs`, where it is given.
    """

    name: str
    display_name: str
    goal: Goal
    parameters: Schema
    needs: Callable[[Params], list[MetricNeed]]
    decide: Callable[[Snapshot, Params, Budget], Solution]
    state: Callable[[Snapshot, Params], Stated] | None = None
    parts: frozenset[Part] = frozenset()
    measure: Callable[[Snapshot, Snapshot, Params, Done], Mapping[str, float]] | None = None
    outcome_needs: Callable[[Params], list[MetricNeed]] | None = None

    def stated(self, snapshot: Snapshot, params: Params) -> Stated:
        """The problem as it asks the solver; if it does not tell, the rules and the room alone."""
        return self.state(snapshot, params) if self.state else Stated(snapshot.problem)

    def needs_to_measure(self, params: Params) -> list[MetricNeed]:
        """What is to be read for the later snapshot of `measure`."""
        return (self.outcome_needs or self.needs)(params)


def with_defaults(schema: Schema, given: Params) -> dict[str, Any]:
    """The given parameters, and the schema's defaults for those that are not given."""
    defaults = {name: spec['default'] for name, spec in schema.get('properties', {}).items()
                if 'default' in spec}
    return {**defaults, **given}


def configured(strategy: Strategy, defaults: Params) -> Strategy:
    """The strategy with these defaults of its parameters in place of its own."""
    properties = strategy.parameters.get('properties', {})
    changed = {name: {**properties[name], 'default': value} for name, value in defaults.items()}
    return replace(strategy, parameters={**strategy.parameters, 'properties': {**properties, **changed}})
