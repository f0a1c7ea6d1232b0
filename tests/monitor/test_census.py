# SPDX-License-Identifier: Apache-2.0
"""What stands in the database is told to Prometheus, cheaply, and its absence too."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import event

from tests.conftest import store_at
from tests.db.conftest import Seed
from watcher_py.core.states import AuditState, PlanState
from watcher_py.db.columns import now
from watcher_py.db.models import Service
from watcher_py.db.session import Sessions, connect_url, engine_of
from watcher_py.monitor.census import Census


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f'sqlite:///{tmp_path}/watcher.sqlite'


@pytest.fixture
def seed(url: str) -> Iterator[Seed]:
    for store in store_at(url):
        yield Seed(store)


@pytest.fixture
def sessions(url: str) -> Iterator[Sessions]:
    sessions = connect_url(url)
    yield sessions
    engine_of(sessions).dispose()


@pytest.fixture
def registry(sessions: Sessions) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Census(sessions, down_after=timedelta(seconds=90)))
    return registry


def told(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    """All samples of one scrape, by name and labels."""
    return {(sample.name, *sample.labels.values()): sample.value
            for family in registry.collect() for sample in family.samples}


def test_rows_are_told_by_state_and_those_that_are_not_there_as_none(
        seed: Seed, registry: CollectorRegistry) -> None:
    seed.plan(actions=3, state='ONGOING')
    samples = told(registry)
    assert samples['watcher_action_plans', 'ONGOING'] == 1
    assert samples['watcher_actions', 'PENDING'] == 3
    assert samples['watcher_abandoned_action_plans',] == 1
    others = set(PlanState) - {'ONGOING', 'DELETED'}
    assert {state: samples['watcher_action_plans', state] for state in others} == dict.fromkeys(others, 0)
    assert {key[1] for key in samples if key[0] == 'watcher_audits'} == set(AuditState) - {'DELETED'}


def test_services_are_told_by_their_signs_of_life(seed: Seed, registry: CollectorRegistry) -> None:
    seed.store.add(Service(name='watcher-applier', host='a', last_seen_up=now()),
                   Service(name='watcher-applier', host='b', last_seen_up=now() - timedelta(minutes=5)))
    samples = told(registry)
    assert samples['watcher_service_up', 'watcher-applier', 'a'] == 1
    assert samples['watcher_service_up', 'watcher-applier', 'b'] == 0


def test_a_scrape_asks_one_question_a_table_and_the_next_one_none(
        seed: Seed, sessions: Sessions, registry: CollectorRegistry) -> None:
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith('SELECT'):
            asked.append(statement)

    event.listen(engine_of(sessions), 'before_cursor_execute', note)
    seed.plan(actions=5)
    for _ in range(3):
        told(registry)
    # Audits, plans, plans whose lease is over, actions, services.
    assert len(asked) == 5, asked


def test_without_a_database_the_rest_is_still_told(sessions: Sessions) -> None:
    registry = CollectorRegistry()      # and no tables
    registry.register(Census(sessions, down_after=timedelta(seconds=90)))
    assert told(registry) == {('watcher_database_up',): 0}


def test_a_database_that_is_there_is_told(seed: Seed, registry: CollectorRegistry) -> None:
    assert told(registry)['watcher_database_up',] == 1
