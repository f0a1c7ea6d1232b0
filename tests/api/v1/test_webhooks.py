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


def test_an_event_that_no_engine_hears_of_is_not_accepted(client: TestClient, audit: Audit,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the message bus does not reach the decision engine')

    monkeypatch.setattr(EngineClient, 'trigger_audit', away)
    assert client.simulate_post(f'/v1/webhooks/{audit.uuid}', json={}).status_code == 500
