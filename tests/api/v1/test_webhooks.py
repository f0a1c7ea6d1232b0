# SPDX-License-Identifier: Apache-2.0
"""What a webhook brings to the engine."""

from typing import Any

import pytest
from falcon.testing import TestClient

from watcher_py.bus.rpc import EngineClient
from watcher_py.core.errors import Unavailable
from watcher_py.db.models import Audit
from watcher_py.db.store import Store


@pytest.fixture
def audit(seeded: Store) -> Audit:
    audit = Audit(name='on-call', audit_type='EVENT', state='SUCCEEDED', goal_id=1)
    seeded.add(audit)
    return audit


def test_the_engine_is_told_each_time(client: TestClient, engine: Any, audit: Audit) -> None:
    for key in (audit.uuid, audit.name, str(audit.id)):
        assert client.simulate_post(f'/v1/webhooks/{key}', json={}).status_code == 202
        assert engine.triggered.get(timeout=10) == audit.uuid


@pytest.mark.parametrize('state', ['ONGOING', 'FAILED', 'CANCELLED', 'SUSPENDED'])
def test_only_an_audit_that_waits_is_triggered(client: TestClient, seeded: Store, engine: Any, audit: Audit,
                                               state: str) -> None:
    seeded.change(audit, state=state)
    assert client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={}).status_code == 400
    assert engine.triggered.empty()


def test_an_event_that_no_engine_hears_of_waits_to_be_found(client: TestClient, seeded: Store, audit: Audit,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the message bus does not reach the decision engine')

    monkeypatch.setattr(EngineClient, 'trigger_audit', away)
    assert client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={}).status_code == 202
    assert seeded.get(Audit, audit.id).triggered_at is not None


def test_what_comes_before_an_engine_has_seen_to_an_event_is_the_same_event(client: TestClient, seeded: Store,
                                                                            audit: Audit) -> None:
    seen = set()
    for _ in range(2):
        assert client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={}).status_code == 202
        seen.add(seeded.get(Audit, audit.id).triggered_at)
    assert len(seen) == 1
    assert seeded.get(Audit, audit.id).state == 'SUCCEEDED'


def test_an_event_is_stored_before_an_engine_is_told(client: TestClient, seeded: Store, audit: Audit,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(EngineClient, 'trigger_audit',
                        lambda *given: seen.append(seeded.get(Audit, audit.id).triggered_at))
    client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={})
    assert None not in seen
    assert len(seen) == 1


def test_an_audit_that_is_taken_up_meanwhile_is_not_triggered(client: TestClient, seeded: Store, audit: Audit,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    touch = Store.touch

    def late(store: Store, *given: Any, **values: Any) -> int:
        seeded.claim(audit, 'SUCCEEDED', 'ONGOING')
        return touch(store, *given, **values)

    monkeypatch.setattr(Store, 'touch', late)
    answer = client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={})
    assert answer.status_code == 400
    assert 'ONGOING' in answer.text
    assert seeded.get(Audit, audit.id).triggered_at is None
