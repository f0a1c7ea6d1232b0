# SPDX-License-Identifier: Apache-2.0
"""Many actions are skipped together: all of them, or none."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from falcon.testing import Result, TestClient
from sqlalchemy import event

from tests.api.conftest import uuid
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.session import engine_of
from watcher_py.db.store import Store

WAITING = [uuid(number) for number in (41, 42, 43)]


def skip(client: TestClient, *actions: str, **more: Any) -> Result:
    return client.simulate_post(f'/v2/action_plans/{uuid(31)}/skip', json={'actions': actions, **more})


def states(store: Store, plan: int = 1) -> list[str]:
    return [row.state for row in store.find(Action, action_plan_id=plan)]


@pytest.mark.parametrize('state', ['ONGOING', 'CANCELLED'])
def test_where_one_does_not_wait_none_is_skipped(client: TestClient, seeded: Store, state: str) -> None:
    seeded.change(seeded.get(Action, WAITING[1]), state=state)
    answer = skip(client, *WAITING)
    assert answer.status_code == 409
    assert f'{WAITING[1]} is {state}' in answer.text
    assert states(seeded) == ['PENDING', state, 'PENDING']


def test_where_one_is_of_another_plan_none_is_skipped(client: TestClient, seeded: Store) -> None:
    assert skip(client, *WAITING, uuid(44)).status_code == 404
    assert states(seeded) == ['PENDING'] * 3


def test_a_plan_that_is_taken_meanwhile_keeps_all_its_actions(
        client: TestClient, seeded: Store, before_a_claim: Any) -> None:
    before_a_claim(lambda: seeded.change(seeded.get(ActionPlan, uuid(31)), state='ONGOING'))
    answer = skip(client, *WAITING)
    assert answer.status_code == 409
    assert 'became ONGOING meanwhile' in answer.text
    assert states(seeded) == ['PENDING'] * 3


def test_against_a_start_all_are_skipped_or_none(client: TestClient, seeded: Store, applier: Any) -> None:
    def ask(number: int) -> int:
        if number % 2:
            return client.simulate_post(f'/v1/action_plans/{uuid(31)}/start').status_code
        return skip(client, *WAITING).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(ask, range(8)))
    skipped, started = statuses[::2], statuses[1::2]
    assert sorted(started) == [200, 400, 400, 400]
    assert set(skipped) <= {200, 409}
    assert states(seeded) == ['SKIPPED' if 200 in skipped else 'PENDING'] * 3
    assert seeded.get(ActionPlan, 1).state == 'PENDING'


def test_thousands_are_skipped_with_a_few_statements(client: TestClient, seeded: Store) -> None:
    seeded.add(*(Action(uuid=uuid(10000 + number), action_plan_id=1, action_type='nop', state='PENDING')
                 for number in range(5000)))
    with counted(seeded) as statements:
        answer = skip(client, *(uuid(10000 + number) for number in range(5000)), reason='enough')
    assert len(answer.json['skipped']) == 5000
    assert states(seeded).count('SKIPPED') == 5000
    assert len(statements) < 20


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that the database is given meanwhile."""
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    engine = engine_of(store._sessions)
    event.listen(engine, 'before_cursor_execute', note)
    yield statements
    event.remove(engine, 'before_cursor_execute', note)
