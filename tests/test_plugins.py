# SPDX-License-Identifier: Apache-2.0
"""Plugins are found by their entry points; a broken one harms nobody else."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest
from oslo_config import cfg
from stevedore import ExtensionManager, extension

from watcher_py import plugins
from watcher_py.core.strategies.dummy import STRATEGY
from watcher_py.core.strategy import Strategy

DUMMY = 'watcher_py.core.strategies.dummy'


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """Entry points that count as installed, whatever the group."""
    found: list[EntryPoint] = []
    monkeypatch.setattr(extension.ExtensionManager, 'list_entry_points', lambda self: found)
    return found


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes entry points count as installed, each in its group."""
    def plug_in(*points: EntryPoint) -> None:
        monkeypatch.setattr(extension.ExtensionManager, 'list_entry_points',
                            lambda self: [point for point in points if point.group == self.namespace])

    return plug_in


def test_our_own_strategies_are_plugged_in() -> None:
    found = plugins.strategies()
    assert list(found) == sorted(found)
    assert {'dummy', 'host_maintenance', 'vm_workload_consolidation'} <= set(found)
    assert all(isinstance(strategy, Strategy) and strategy.name == name for name, strategy in found.items())


def test_every_action_that_loads_is_a_class() -> None:
    assert all(isinstance(action, type) for action in plugins.actions().values())


def test_a_plugin_that_fails_to_load_is_reported_and_left_out(
        installed: list[EntryPoint], caplog: pytest.LogCaptureFixture) -> None:
    installed += [EntryPoint('broken', 'watcher_py.no_such_module:STRATEGY', plugins.STRATEGIES),
                  EntryPoint('dummy', f'{DUMMY}:STRATEGY', plugins.STRATEGIES)]
    assert plugins.strategies() == {'dummy': STRATEGY}
    assert 'Plugin broken is left out' in caplog.text
    assert 'watcher_py.no_such_module' in caplog.text


def test_no_plugin_takes_the_place_of_one_of_ours(
        installed: list[EntryPoint], caplog: pytest.LogCaptureFixture) -> None:
    ours = EntryPoint('dummy', f'{DUMMY}:STRATEGY', plugins.STRATEGIES)
    installed += [EntryPoint('dummy', 'fractions:Fraction', plugins.STRATEGIES), ours, ours]
    assert plugins.strategies() == {'dummy': STRATEGY}
    assert [record.message for record in caplog.records] == [
        'Plugin dummy is left out: it has a name that is taken: fractions:Fraction']


def test_what_is_no_strategy_is_reported_and_left_out(
        installed: list[EntryPoint], caplog: pytest.LogCaptureFixture) -> None:
    installed += [EntryPoint('strange', f'{DUMMY}:PARAMETERS', plugins.STRATEGIES),
                  EntryPoint('misnamed', f'{DUMMY}:STRATEGY', plugins.STRATEGIES)]
    assert plugins.strategies() == {}
    assert 'Plugin strange is left out' in caplog.text
    assert 'Plugin misnamed is left out' in caplog.text


def test_what_is_no_action_is_reported_and_left_out(
        installed: list[EntryPoint], caplog: pytest.LogCaptureFixture) -> None:
    installed += [EntryPoint('strange', f'{DUMMY}:PARAMETERS', plugins.ACTIONS),
                  EntryPoint('without_schema', 'fractions:Fraction', plugins.ACTIONS),
                  EntryPoint('fine', 'watcher_py.applier.actions.nop:Nop', plugins.ACTIONS)]
    assert list(plugins.actions()) == ['fine']
    assert 'Plugin strange is left out' in caplog.text
    assert 'Plugin without_schema is left out: it is not a class with SCHEMA and DESCRIPTION' in caplog.text


def test_each_action_tells_what_its_parameters_look_like() -> None:
    schemas = plugins.action_schemas()
    assert schemas.keys() == plugins.actions().keys()
    assert schemas['migrate']['required'] == ['resource_id', 'migration_type', 'source_node']


class Thermometer:
    OPTIONS: ClassVar[list[cfg.Opt]] = []


def test_what_is_no_datasource_is_reported_and_left_out(
        plugged_in: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
    plugged_in(EntryPoint('strange', 'fractions:Fraction', plugins.DATASOURCES),
               EntryPoint('thermometer', f'{__name__}:Thermometer', plugins.DATASOURCES))
    assert plugins.datasources() == {'thermometer': Thermometer}
    assert 'Plugin strange is left out: it is not a class with OPTIONS' in caplog.text


def test_our_own_scoring_engines_are_plugged_in_single_and_by_container() -> None:
    names = [engine.name for engine in plugins.scoring_engines()]
    assert names == sorted(names)
    assert {'dummy_scorer', 'dummy_min_scorer', 'dummy_max_scorer', 'dummy_avg_scorer'} <= set(names)


def test_scoring_engines_that_are_none_or_fail_harm_nobody_else(
        plugged_in: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
    plugged_in(
        EntryPoint('strange', f'{DUMMY}:STRATEGY', plugins.SCORING_ENGINES),
        EntryPoint('failing', 'os:abort_', plugins.SCORING_CONTAINERS),
        EntryPoint('raising', 'operator:add', plugins.SCORING_CONTAINERS),      # it wants two arguments
        EntryPoint('no_list', 'builtins:dict', plugins.SCORING_CONTAINERS),
        EntryPoint('fine', 'watcher_py.core.scorers.dummy_container:engines', plugins.SCORING_CONTAINERS),
        EntryPoint('same', 'watcher_py.core.scorers.dummy_container:engines', plugins.SCORING_CONTAINERS))
    assert [engine.name for engine in plugins.scoring_engines()] == [
        'dummy_avg_scorer', 'dummy_max_scorer', 'dummy_min_scorer']
    for name in ('strange', 'failing', 'raising', 'no_list', 'same'):
        assert f'Plugin {name} is left out' in caplog.text
    assert 'Plugin fine' not in caplog.text


def test_nothing_plugged_in_is_no_error() -> None:
    assert list(ExtensionManager('watcher_py_no_such_group')) == []
    assert plugins.strategies('watcher_py_no_such_group') == {}
