# SPDX-License-Identifier: Apache-2.0
"""Whoever watches over the API learns whether it lives and is of use, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from falcon.testing import TestClient
from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import Unavailable
from watcher_py.db.store import Store


def test_without_a_database_it_lives_but_is_of_no_use(
        client: TestClient, seeded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the database at 10.0.0.7 does not answer')

    monkeypatch.setattr(seeded, 'count', away)
    answer = client.simulate_get('/readyz')
    assert (answer.status_code, answer.json['checks']['database']) == (503, 'failed')
    assert '10.0.0.7' not in answer.text
    assert client.simulate_get('/healthz').status_code == 200


def test_a_database_is_asked_once_for_many_probes(
        client: TestClient, seeded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(seeded, 'count', lambda model: asked.append(model) or 0)
    for _ in range(5):
        assert client.simulate_get('/readyz').status_code == 200
    assert len(asked) == 1


def test_a_bus_that_is_away_is_told_but_does_without(
        conf: ConfigOpts, make: Callable[[], Any]) -> None:
    conf.set_override('transport_url', 'rabbit://guest:hidden@127.0.0.1:1/')
    answer = TestClient(make()).simulate_get('/readyz')
    assert answer.status_code == 200
    assert answer.json == {'checks': {'database': 'ok', 'message bus': 'failed'}}
