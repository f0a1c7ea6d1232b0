# SPDX-License-Identifier: Apache-2.0
"""The goal and the strategy that a body names."""

from watcher_py.api.bodies import Schema
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.db.models import Goal, Strategy
from watcher_py.db.store import Store

KEY: Schema = {'type': ['string', 'integer']}       # a uuid, an id or a name


def goal_of(store: Store, key: str | int) -> Goal:
    """The goal, or NotFound."""
    return store.get(Goal, key)


def strategy_of(store: Store, key: str | int | None, goal: Goal) -> Strategy | None:
    """The strategy, if one is named: NotFound, or Invalid when it is not a way to this goal."""
    if key is None:
        return None
    strategy = store.get(Strategy, key)
    if strategy.goal_id != goal.id:
        ways = ', '.join(sorted(way.name for way in store.find(Strategy, goal_id=goal.id)))
        raise Invalid(f'Strategy {strategy.name} is not of goal {goal.name}, whose strategies are {ways}')
    return strategy


def both_of(store: Store, goal_key: str | int,
            strategy_key: str | int | None) -> tuple[Goal, Strategy | None]:
    """Goal and strategy; Invalid when they are not there or not of each other."""
    try:
        goal = goal_of(store, goal_key)
        return goal, strategy_of(store, strategy_key, goal)
    except NotFound as error:
        known = ', '.join(sorted(way.name for way in store.find(Strategy)))
        raise Invalid(f'{error}; the strategies are {known}') from None
