# SPDX-License-Identifier: Apache-2.0
"""Plans that are launched: once, and heard of."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from falcon.testing import TestClient

from watcher_py.bus.rpc import ApplierClient
from watcher_py.core.errors import Unavailable
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store

PLAN = '00000000-0000-4000-8000-000000000031'
PATH = f'/v1/action_plans/{PLAN}'
LAUNCH = [{'op': 'replace', 'path': '/state', 'value': 'PENDING'}]
CANCEL = [{'op': 'replace', 'path': '/state', 'value': 'CANCELLED'}]


def test_of_parallel_starts_one_wins(client: TestClient, applier: Any) -> None:
    def start(number: int) -> int:
        # Half of them as tempest does it.
        answer = (client.simulate_post(f'{PATH}/start') if number % 2
                  else client.simulate_patch(PATH, json=LAUNCH))
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(start, range(8)))
    assert sorted(statuses) == [200] + [400] * 7
    assert applier.launched.get(timeout=10) == PLAN
    assert applier.launched.empty()


def test_a_plan_that_no_applier_hears_of_waits_to_be_found(client: TestClient, seeded: Store,
                                                           monkeypatch: pytest.MonkeyPatch,
                                                           caplog: pytest.LogCaptureFixture) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the message bus does not reach the applier')

    monkeypatch.setattr(ApplierClient, 'launch_action_plan', away)
    assert client.simulate_post(f'{PATH}/start').status_code == 200
    assert seeded.get(ActionPlan, PLAN).state == 'PENDING'
    assert f'{PLAN} waits until it is looked for: the message bus does not reach the applier' in caplog.text


def test_a_plan_that_was_taken_all_the_same_is_started(client: TestClient, seeded: Store,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    def unsure(line: Any, context: Any, uuid: str) -> None:
        seeded.claim(seeded.get(ActionPlan, uuid), 'PENDING', 'ONGOING')
        raise Unavailable('no answer came')

    monkeypatch.setattr(ApplierClient, 'launch_action_plan', unsure)
    answer = client.simulate_post(f'{PATH}/start')
    assert (answer.status_code, answer.json['state']) == (200, 'ONGOING')


def test_with_a_plan_that_is_cancelled_its_actions_are_in_the_same_transaction(
        client: TestClient, seeded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, 'change_where', None)
    assert client.simulate_patch(PATH, json=CANCEL).json['state'] == 'CANCELLED'
    rows = seeded.find(Action, action_plan_id=seeded.get(ActionPlan, PLAN).id)
    assert {(row.state, row.status_message) for row in rows} == {
        ('CANCELLED', 'Not run: the action plan was cancelled.')}


@pytest.mark.parametrize(('became', 'status', 'shown'), [
    ('PENDING', 200, '"CANCELLED"'),
    ('ONGOING', 400, 'State transition not allowed: (ONGOING -> CANCELLED)'),
])
def test_what_others_make_of_a_plan_meanwhile_is_what_is_cancelled(
        client: TestClient, seeded: Store, before_a_claim: Any, became: str, status: int, shown: str) -> None:
    before_a_claim(lambda: seeded.change(seeded.get(ActionPlan, PLAN), state=became))
    answer = client.simulate_patch(PATH, json=CANCEL)
    assert answer.status_code == status
    assert shown in answer.text
