# SPDX-License-Identifier: Apache-2.0
"""Audits on their way to the engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from falcon.testing import TestClient

from watcher_py.bus.rpc import EngineClient
from watcher_py.core.errors import Unavailable
from watcher_py.db.models import Audit, AuditTemplate, Strategy
from watcher_py.db.store import Store

BODY = {'audit_type': 'ONESHOT', 'goal': 'dummy', 'name': 'now'}
CANCEL = [{'op': 'replace', 'path': '/state', 'value': 'CANCELLED'}]


def test_the_engine_is_told_of_a_new_audit(client: TestClient, engine: Any) -> None:
    made = client.simulate_post('/v1/audits', json=BODY)
    assert engine.triggered.get(timeout=10) == made.json['uuid']


def test_of_parallel_audits_of_one_name_one_is_made(client: TestClient) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.simulate_post('/v1/audits', json=BODY), range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


def test_an_audit_that_no_engine_hears_of_waits_to_be_found(client: TestClient, seeded: Store,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the message bus does not reach the decision engine')

    monkeypatch.setattr(EngineClient, 'trigger_audit', away)
    assert client.simulate_post('/v1/audits', json=BODY).status_code == 201
    assert [audit.state for audit in seeded.find(Audit, name='now')] == ['PENDING']


def test_an_audit_is_made_while_no_engine_is_alive(make: Any) -> None:
    assert TestClient(make()).simulate_post('/v1/audits', json=BODY).status_code == 201


def test_a_cancelled_audit_is_not_cancelled_twice(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.simulate_patch('/v1/audits/running', json=CANCEL), range(4)))
    # Who comes after the winner changes nothing, and is told that all is well.
    assert {answer.status_code for answer in answers} == {200}
    assert client.simulate_get('/v1/audits/running').json['state'] == 'CANCELLED'


@pytest.mark.parametrize(('became', 'status', 'shown'), [
    ('ONGOING', 200, '"CANCELLED"'),
    ('SUCCEEDED', 400, 'State transition not allowed: (SUCCEEDED -> CANCELLED)'),
])
def test_what_an_engine_makes_of_an_audit_meanwhile_is_what_is_cancelled(
        client: TestClient, seeded: Store, before_a_claim: Any, became: str, status: int, shown: str) -> None:
    audit = Audit(name='now', audit_type='ONESHOT', state='PENDING', goal_id=1)
    seeded.add(audit)
    before_a_claim(lambda: seeded.change(seeded.get(Audit, audit.id), state=became))
    answer = client.simulate_patch('/v1/audits/now', json=CANCEL)
    assert answer.status_code == status
    assert shown in answer.text


def test_a_template_gives_its_parameters_to_its_own_strategy_only(client: TestClient, seeded: Store) -> None:
    seeded.add(Strategy(name='dummy_too', display_name='Dummy too', goal_id=1))
    template = AuditTemplate(name='at', goal_id=1, strategy_id=1, default_parameters={'para1': 2.0})
    seeded.add(template)
    made = client.simulate_post('/v1/audits', json={
        'audit_type': 'ONESHOT', 'audit_template_uuid': template.uuid, 'strategy': 'dummy_too'})
    assert (made.json['strategy_name'], made.json['parameters']) == ('dummy_too', {})


def _continuous(store: Store, **values: Any) -> Audit:
    audit = Audit(name='hourly', audit_type='CONTINUOUS', state='ONGOING', interval='3600', goal_id=1,
                  **values)
    store.add(audit)
    return audit


def _patch(client: TestClient, *operations: dict[str, Any]) -> Any:
    patch = [{'op': 'replace', **each} for each in operations]
    answer = client.simulate_patch('/v1/audits/hourly', json=patch)
    assert answer.status_code == 200
    return answer.json


def test_who_only_says_that_an_audit_runs_has_no_engine_take_it_over(client: TestClient,
                                                                     seeded: Store) -> None:
    audit = Audit(name='hourly', audit_type='EVENT', state='PENDING', goal_id=1, hostname='ctl1')
    seeded.add(audit)
    assert _patch(client, {'path': '/state', 'value': 'ONGOING'})['hostname'] is None


@pytest.mark.parametrize(('path', 'value'), [('/interval', '60'), ('/start_time', '2026-12-01T00:00:00Z')])
def test_an_audit_whose_times_change_is_timed_anew(client: TestClient, seeded: Store, path: str,
                                                   value: str) -> None:
    _continuous(seeded, next_run_time=datetime(2026, 12, 1), hostname='ctl1')
    shown = _patch(client, {'path': path, 'value': value})
    assert (shown['next_run_time'], shown['hostname'], shown['state']) == (None, None, 'ONGOING')


def test_an_audit_that_is_just_running_stays_with_its_engine(client: TestClient, seeded: Store) -> None:
    _continuous(seeded, hostname='ctl1')
    assert _patch(client, {'path': '/interval', 'value': '60'})['hostname'] == 'ctl1'


def test_other_changes_leave_the_next_run(client: TestClient, seeded: Store) -> None:
    _continuous(seeded, next_run_time=datetime(2026, 12, 1), hostname='ctl1')
    shown = _patch(client, {'path': '/auto_trigger', 'value': True}, {'path': '/state', 'value': 'SUSPENDED'})
    assert (shown['next_run_time'], shown['state']) == ('2026-12-01T00:00:00', 'SUSPENDED')


def test_an_audit_that_is_over_has_no_next_run(client: TestClient, seeded: Store) -> None:
    _continuous(seeded, next_run_time=datetime(2026, 12, 1), hostname='ctl1')
    assert _patch(client, {'path': '/state', 'value': 'CANCELLED'})['next_run_time'] is None


def test_the_engine_is_not_told_of_audits_that_wait(client: TestClient, engine: Any) -> None:
    for audit_type in ('CONTINUOUS', 'EVENT'):
        body = {'audit_type': audit_type, 'goal': 'dummy', 'interval': '60'}
        assert client.simulate_post('/v1/audits', json=body).json['state'] == 'PENDING'
    assert engine.triggered.empty()
