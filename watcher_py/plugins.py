# SPDX-License-Identifier: Apache-2.0
"""What is plugged in by entry points: strategies, actions, datasources, scoring engines."""

import logging
from typing import Any

from stevedore import ExtensionManager

from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.strategy import Schema, Strategy

LOG = logging.getLogger(__name__)

STRATEGIES = 'watcher_strategies'
ACTIONS = 'watcher_actions'
DATASOURCES = 'watcher_datasources'
SCORING_ENGINES = 'watcher_scoring_engines'
SCORING_CONTAINERS = 'watcher_scoring_engine_containers'
OURS = 'watcher_py.'


def strategies(namespace: str = STRATEGIES) -> dict[str, Strategy]:
    """By name, sorted; what can't be loaded or is no Strategy is reported and left out."""
    return {name: plugin for name, plugin in _loaded(namespace).items()
            if _accepted(name, isinstance(plugin, Strategy) and plugin.name == name,
                         f'is not a Strategy named {name}')}


def actions(namespace: str = ACTIONS) -> dict[str, type[Any]]:
    """By action type, sorted; what can't be loaded or is no action is reported and left out."""
    return _classes(namespace, 'SCHEMA', 'DESCRIPTION')


def action_schemas() -> dict[str, Schema]:
    """By action type: what the parameters of each look like."""
    return {name: action.SCHEMA for name, action in actions().items()}


def datasources() -> dict[str, type[Any]]:
    """Other people's by name, sorted; what can't be loaded or is no datasource is reported and left out."""
    return _classes(DATASOURCES, 'OPTIONS')


def scoring_engines() -> list[ScoringEngine]:
    """Single ones and those of containers, sorted by name; of several of one name the first is taken."""
    single = {name: [plugin] for name, plugin in _loaded(SCORING_ENGINES).items()}
    found: dict[str, ScoringEngine] = {}
    for source, engines in (*single.items(), *_contents(SCORING_CONTAINERS).items()):
        for engine in engines:
            if (_accepted(source, isinstance(engine, ScoringEngine), 'is not a ScoringEngine')
                    and _accepted(source, engine.name not in found, 'has a name that is taken')):
                found[engine.name] = engine
    return [found[name] for name in sorted(found)]


def _loaded(namespace: str) -> dict[str, Any]:
    """By name, sorted; of several of one name ours is taken, else the first."""
    found = ExtensionManager(namespace, on_load_failure_callback=_report)
    loaded: dict[str, Any] = {}
    for each in sorted(found, key=lambda each: (each.name, not each.entry_point.value.startswith(OURS))):
        _accepted(each.name, loaded.setdefault(each.name, each.plugin) is each.plugin,
                  f'has a name that is taken: {each.entry_point.value}')
    return loaded


def _classes(namespace: str, *attributes: str) -> dict[str, type[Any]]:
    return {name: plugin for name, plugin in _loaded(namespace).items()
            if _accepted(name, isinstance(plugin, type) and all(hasattr(plugin, each) for each in attributes),
                         f'is not a class with {" and ".join(attributes)}')}


def _contents(namespace: str) -> dict[str, list[Any]]:
    """What each plugin of the group returns when it is called; one that fails is reported and left out."""
    found = ExtensionManager(namespace, invoke_on_load=True, on_load_failure_callback=_report)
    contents: dict[str, Any] = {each.name: each.obj for each in sorted(found, key=lambda each: each.name)}
    return {name: engines for name, engines in contents.items()
            if _accepted(name, isinstance(engines, list), 'returns no list')}


def _accepted(name: str, is_right: bool, complaint: str) -> bool:
    if not is_right:
        LOG.error('Plugin %s is left out: it %s', name, complaint)
    return is_right


def _report(_manager: Any, entry_point: Any, error: BaseException) -> None:
    LOG.error('Plugin %s is left out: %s can not be loaded: %s', entry_point.name, entry_point.value, error)
