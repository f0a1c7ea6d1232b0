# SPDX-License-Identifier: Apache-2.0
"""The rows of goals, strategies and scoring engines follow the plugins, and keep their uuids."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from watcher_py import plugins, schemas
from watcher_py.core import execution
from watcher_py.core.errors import Invalid
from watcher_py.core.goals import SERVER_CONSOLIDATION, Goal, Indicator
from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Strategy
from watcher_py.db import models
from watcher_py.db.store import Store
from watcher_py.engine.catalogue import align

PATIENCE = 20
CALM = Goal('calm', 'Calm', (Indicator('moves', 'Moves', unit='servers'),))
SPEC = {'properties': {'tries': {'type': 'integer', 'default': 3}}}
STORED = {'properties': {**SPEC['properties'], **execution.PARAMETERS}}


def strategy(name: str, goal: Goal = CALM, display_name: str = 'A way') -> Strategy:
    return Strategy(name, display_name, goal, SPEC, lambda params: [], lambda *given: Solution())


def named(*found: Strategy) -> dict[str, Strategy]:
    return {one.name: one for one in found}


def test_plugins_become_rows(store: Store) -> None:
    align(store, named(strategy('first'), strategy('second')))
    goal = store.get(models.Goal, 'calm')
    assert goal.display_name == 'Calm'
    assert goal.efficacy_specification == [
        {'name': 'moves', 'description': 'Moves', 'unit': 'servers', 'schema': Indicator('a', 'b').schema}]
    assert json.loads(goal.efficacy_specification[0]['schema']) == {'type': 'integer', 'minimum': 0}
    rows = store.find(models.Strategy)
    assert [(row.name, row.goal.name, row.parameters_spec) for row in rows] == [
        ('first', 'calm', STORED), ('second', 'calm', STORED)]


def test_every_strategy_lets_an_audit_say_how_its_plan_is_carried_out(store: Store) -> None:
    align(store, plugins.strategies())
    for row in store.find(models.Strategy):
        given = {'execution': {'on_failure': 'go-on', 'auto_trigger_max_moves': 5}}
        schemas.check_given(row.name, row.parameters_spec, given)
        with pytest.raises(Invalid, match='later'):
            schemas.check_given(row.name, row.parameters_spec, {'execution': {'on_failure': 'later'}})


def test_the_installed_plugins_fit_the_tables(any_store: Store) -> None:
    align(any_store, plugins.strategies(), plugins.scoring_engines())
    assert any_store.get(models.ScoringEngine, 'dummy_scorer').metainfo
    consolidation = any_store.get(models.Goal, 'server_consolidation')
    assert [one['name'] for one in consolidation.efficacy_specification] == [
        one.name for one in SERVER_CONSOLIDATION.indicators]


def test_what_did_not_change_is_not_touched(store: Store) -> None:
    for _ in range(2):
        align(store, named(strategy('first')))
    for row in (store.get(models.Goal, 'calm'), store.get(models.Strategy, 'first')):
        assert row.updated_at is None
    assert store.count(models.Goal, with_deleted=True) == 1
    assert store.count(models.Strategy, with_deleted=True) == 1


def test_what_changed_keeps_its_uuid(store: Store) -> None:
    align(store, named(strategy('first')))
    goal, way = store.get(models.Goal, 'calm'), store.get(models.Strategy, 'first')
    quiet = replace(CALM, display_name='Quiet', indicators=())
    align(store, named(strategy('first', quiet, 'Another way')))
    goal_now, way_now = store.get(models.Goal, 'calm'), store.get(models.Strategy, 'first')
    assert (goal_now.uuid, goal_now.display_name, goal_now.efficacy_specification) == (goal.uuid, 'Quiet', [])
    assert (way_now.uuid, way_now.display_name) == (way.uuid, 'Another way')


def test_a_strategy_can_turn_to_another_goal(store: Store) -> None:
    align(store, named(strategy('first')))
    uuid = store.get(models.Strategy, 'first').uuid
    align(store, named(strategy('first', Goal('speed', 'Speed'))))
    row = store.get(models.Strategy, 'first')
    assert (row.uuid, row.goal.name) == (uuid, 'speed')
    assert [goal.name for goal in store.find(models.Goal)] == ['speed']


def test_a_goal_that_two_strategies_declare_is_the_first_one_s(
        store: Store, caplog: pytest.LogCaptureFixture) -> None:
    calmer = replace(CALM, display_name='Calmer', indicators=())
    align(store, named(strategy('first'), strategy('second'), strategy('third', calmer)))
    goal = store.get(models.Goal, 'calm')
    assert (goal.display_name, [one['name'] for one in goal.efficacy_specification]) == ('Calm', ['moves'])
    assert {row.goal_id for row in store.find(models.Strategy)} == {goal.id}
    assert [record.args for record in caplog.records if record.levelname == 'ERROR'] == [('third', 'calm')]


def test_what_vanished_is_deleted_softly(store: Store) -> None:
    align(store, named(strategy('first'), strategy('second', Goal('speed', 'Speed'))))
    align(store, named(strategy('first')))
    assert [row.name for row in store.find(models.Strategy)] == ['first']
    assert [row.name for row in store.find(models.Goal)] == ['calm']
    gone = store.get(models.Strategy, 'second', with_deleted=True)
    assert gone.deleted == gone.id


def scorer(name: str, metainfo: str = '{}', description: str = 'A scorer') -> ScoringEngine:
    return ScoringEngine(name, description, metainfo, str.upper)


def test_scoring_engines_become_rows_that_follow_them(any_store: Store) -> None:
    def aligned(*engines: ScoringEngine) -> dict[str, models.ScoringEngine]:
        align(any_store, {}, engines)
        return {row.name: row for row in any_store.find(models.ScoringEngine)}

    first = aligned(scorer('kind'), scorer('strict'))
    assert (first['kind'].description, first['kind'].metainfo) == ('A scorer', '{}')
    again = aligned(scorer('kind'), scorer('strict', '{"classes": 4}'))
    assert again['kind'].updated_at is None
    assert (again['strict'].uuid, again['strict'].metainfo) == (first['strict'].uuid, '{"classes": 4}')
    assert list(aligned(scorer('kind', description='word ' * 100))) == ['kind']
    assert aligned(scorer('kind', description='word ' * 100))['kind'].description.endswith('...')
    assert aligned() == {}


def test_engines_that_start_side_by_side_end_with_the_same_rows(any_store: Store) -> None:
    at_once = Barrier(3)
    plugged_in = named(strategy('first'), strategy('second', Goal('speed', 'Speed')))
    align(any_store, named(strategy('first'), strategy('vanished')))

    def start(_: int) -> None:
        at_once.wait(PATIENCE)
        align(any_store, plugged_in)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(start, range(3)))
    assert sorted(row.name for row in any_store.find(models.Strategy)) == ['first', 'second']
    assert sorted(row.name for row in any_store.find(models.Goal)) == ['calm', 'speed']
