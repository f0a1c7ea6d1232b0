# SPDX-License-Identifier: Apache-2.0
"""How the services are is told even where nobody is there to tell what they see."""

from collections.abc import Callable
from typing import Any

import pytest
from falcon.testing import TestClient

from watcher_py.bus.rpc import EngineClient
from watcher_py.core.errors import Unavailable


def test_without_an_engine_the_services_are_told_and_why_there_is_no_more(
        make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the decision engine does not answer get_health')

    monkeypatch.setattr(EngineClient, 'health', away)
    told = TestClient(make()).simulate_get('/v2/health').json
    assert {(row['name'], row['host'], row['status']) for row in told['services']} >= {
        ('watcher-decision-engine', 'ctl1', 'ACTIVE'), ('watcher-applier', 'ctl1', 'FAILED')}
    assert (told['engine'], told['collectors'], told['datasources']) == (None, [], [])
    assert told['why'] == 'the decision engine does not answer get_health'
