# SPDX-License-Identifier: Apache-2.0
"""Windows and blackouts are read when they are given, not when they are needed."""

from typing import Any

import pytest
from falcon.testing import TestClient

from watcher_py.core.execution import PARAMETERS
from watcher_py.db.models import Strategy
from watcher_py.db.store import Store

WINDOW, NONSENSE = '0 22 * * 5 for 8h in Europe/Berlin', 'every night'


@pytest.fixture
def seeded(seeded: Store) -> Store:
    """With a strategy as the engine stores them."""
    strategy = seeded.get(Strategy, 'dummy')
    seeded.change(strategy, parameters_spec={'properties': {
        **strategy.parameters_spec['properties'], **PARAMETERS}})
    return seeded


def body(window: str, **more: Any) -> dict[str, Any]:
    name = 'parameters' if 'audit_type' in more else 'default_parameters'
    return {'goal': 'dummy', 'strategy': 'dummy', **more, name: {'execution': {'windows': [window]}}}


@pytest.mark.parametrize(('path', 'more'), [
    ('/v1/audits', {'audit_type': 'EVENT'}), ('/v1/audit_templates', {'name': 'weekly'})])
def test_windows_that_can_not_be_read_are_refused(client: TestClient, path: str,
                                                  more: dict[str, Any]) -> None:
    refused = client.simulate_post(path, json=body(NONSENSE, **more))
    assert refused.status_code == 400
    assert "'every night' is no period" in refused.text
    assert client.simulate_post(path, json=body(WINDOW, **more)).status_code == 201


def test_an_audit_is_patched_with_windows_that_can_be_read(client: TestClient) -> None:
    def patched(window: str) -> Any:
        change = {'op': 'add', 'path': '/parameters/execution', 'value': {'windows': [window]}}
        return client.simulate_patch('/v1/audits/nightly', json=[change])

    assert patched(NONSENSE).status_code == 400
    assert patched(WINDOW).json['parameters']['execution'] == {'windows': [WINDOW]}
