# SPDX-License-Identifier: Apache-2.0
"""Goals, strategies and scoring engines found as plugins become database rows.

A row that is as it should be is not touched; one that is not is changed in place, so that its uuid, and what
was made with it, stay. Engines that start side by side end with the same rows.
"""

import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from watcher_py.core import execution, goals
from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.strategy import Strategy
from watcher_py.db import models
from watcher_py.db.columns import short
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)

Row = models.Goal | models.Strategy | models.ScoringEngine
Kind = type[models.Goal] | type[models.Strategy] | type[models.ScoringEngine]


def align(store: Store, strategies: Mapping[str, Strategy],
          scoring_engines: Collection[ScoringEngine] = ()) -> None:
    """Make the rows those of these strategies, their goals and these engines; others are soft-deleted."""
    wanted = _goals(strategies)
    for goal in wanted.values():
        _align_row(store, models.Goal, goal.name, _goal_columns(goal))
    for strategy in strategies.values():
        _align_row(store, models.Strategy, strategy.name, _strategy_columns(store, strategy))
    for engine in scoring_engines:
        _align_row(store, models.ScoringEngine, engine.name,
                   {'description': short(engine.description), 'metainfo': engine.metainfo})
    # Strategies first: a goal goes when nothing live needs it.
    _remove_vanished(store, models.Strategy, strategies)
    _remove_vanished(store, models.Goal, wanted)
    _remove_vanished(store, models.ScoringEngine, {engine.name for engine in scoring_engines})


def _goals(strategies: Mapping[str, Strategy]) -> dict[str, goals.Goal]:
    """By name; of those that are declared in several ways, the one of the first strategy."""
    found: dict[str, goals.Goal] = {}
    for strategy in strategies.values():
        if found.setdefault(strategy.goal.name, strategy.goal) != strategy.goal:
            LOG.error('Strategy %s declares goal %s in another way than strategies before it; theirs counts',
                      strategy.name, strategy.goal.name)
    return found


def _goal_columns(goal: goals.Goal) -> dict[str, Any]:
    return {'display_name': goal.display_name,
            'efficacy_specification': [asdict(indicator) for indicator in goal.indicators]}


def _strategy_columns(store: Store, strategy: Strategy) -> dict[str, Any]:
    goal = store.get_by(models.Goal, name=strategy.goal.name)
    return {'display_name': strategy.display_name, 'goal_id': goal.id,
            'parameters_spec': {**strategy.parameters, 'properties': {
                **strategy.parameters.get('properties', {}), **execution.PARAMETERS}}}


def _align_row(store: Store, kind: Kind, name: str, columns: Mapping[str, Any]) -> None:
    row = next(iter(store.find(kind, name=name)), None) or _added(store, kind, name, columns)
    changed = {column: value for column, value in columns.items() if getattr(row, column) != value}
    if changed:
        store.change(row, **changed)
        LOG.info('%s %s changed: %s', kind.__name__, name, ', '.join(changed))


def _added(store: Store, kind: Kind, name: str, columns: Mapping[str, Any]) -> Row:
    try:
        store.add(kind(name=name, **columns))
        LOG.info('%s %s is new', kind.__name__, name)
    except Conflict:
        LOG.debug('%s %s was just added by another engine', kind.__name__, name)
    return store.get_by(kind, name=name)


def _remove_vanished(store: Store, kind: Kind, wanted: Collection[str]) -> None:
    for row in store.find(kind):
        if row.name not in wanted:
            with suppress(NotFound):            # another engine was quicker
                store.remove(row)
            LOG.info('%s %s is no longer installed', kind.__name__, row.name)
