# SPDX-License-Identifier: Apache-2.0
"""How far a plan has come, for those who look on."""

from datetime import timedelta
from typing import Any

import pytest
from falcon.testing import TestClient

from tests.api.conftest import uuid
from watcher_py.api.v2 import progress
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store


def of(client: TestClient, number: int) -> dict[str, Any]:
    answer = client.simulate_get(f'/v2/action_plans/{uuid(number)}/progress')
    assert answer.status_code == 200, answer.text
    return answer.json


def move(state: str, begin: float = 0.0, seconds: float = 100.0, **values: Any) -> Action:
    return Action(action_plan_id=3, action_type='migrate', state=state, planned_begin_s=begin,
                  planned_seconds=seconds, **values)


@pytest.fixture
def under_way(seeded: Store) -> Store:
    """The third plan, for 50 seconds under way, half done as it was promised, and with a failure."""
    for row in seeded.find(Action, action_plan_id=3):
        seeded.remove(row)
    moment = now()
    seeded.add(
        move('SUCCEEDED', begun_at=moment - timedelta(seconds=50), ended_at=moment - timedelta(seconds=20)),
        move('FAILED', begun_at=moment - timedelta(seconds=40), ended_at=moment - timedelta(seconds=10),
             status_message='Nova refused it'),
        move('PENDING', begin=100.0), move('PENDING', begin=100.0))
    return seeded


def test_a_plan_that_waits_takes_as_long_as_it_promises(client: TestClient, seeded: Store) -> None:
    seeded.change_where(Action, Action.action_plan_id == 1, planned_begin_s=10.0, planned_seconds=20.0)
    body = of(client, 31)
    assert (body['state'], body['total'], body['by_state']) == ('RECOMMENDED', 3, {'PENDING': 3})
    assert (body['begun_at'], body['seconds_gone'], body['seconds_left']) == (None, None, 30.0)
    assert (body['running'], body['failed']) == ([], [])


def test_of_an_older_plan_it_is_unknown_how_long_it_takes(client: TestClient, seeded: Store) -> None:
    body = of(client, 33)
    assert body['seconds_left'] is None
    assert [(row['uuid'], row['action_type'], row['input_parameters']) for row in body['running']] == [
        (uuid(45), 'migrate', {'migration_type': 'live'})]
    assert body['begun_at'] == body['running'][0]['begun_at']
    assert body['updated_at'] is None


def test_a_plan_that_is_under_way_is_slower_or_faster_than_it_promised(
        client: TestClient, under_way: Store) -> None:
    body = of(client, 33)
    assert body['by_state'] == {'SUCCEEDED': 1, 'FAILED': 1, 'PENDING': 2}
    assert body['seconds_gone'] == pytest.approx(50, abs=10)
    # 100 seconds of work are ahead; what took 50 was to take 100.
    assert 50 < body['seconds_left'] < 75
    failed, = body['failed']
    assert failed['status_message'] == 'Nova refused it'


def test_what_runs_counts_as_far_as_it_has_come(client: TestClient, under_way: Store) -> None:
    before = of(client, 33)['seconds_left']
    first = under_way.find(Action, action_plan_id=3, state='PENDING')[0]
    under_way.change(first, state='ONGOING', begun_at=now() - timedelta(seconds=50))
    assert of(client, 33)['seconds_left'] < before


def test_a_plan_that_is_over_has_nothing_left_to_predict(client: TestClient, under_way: Store) -> None:
    under_way.change_where(Action, Action.action_plan_id == 3, Action.state == 'PENDING', state='CANCELLED')
    under_way.change(under_way.get(ActionPlan, 3), state='CANCELLED', status_message='Cancelled; 2 of 4')
    body = of(client, 33)
    assert (body['state'], body['status_message']) == ('CANCELLED', 'Cancelled; 2 of 4')
    assert (body['seconds_gone'], body['seconds_left']) == (40.0, None)
    assert body['updated_at'] is not None


def test_a_plan_without_actions_is_known(client: TestClient) -> None:
    assert (of(client, 32)['total'], of(client, 32)['by_state']) == (0, {})


def test_no_more_than_some_of_the_failures_are_shown(client: TestClient, seeded: Store) -> None:
    seeded.add(*(move('FAILED') for _ in range(progress.SHOWN + 1)))
    body = of(client, 33)
    assert (body['by_state']['FAILED'], len(body['failed'])) == (progress.SHOWN + 1, progress.SHOWN)
