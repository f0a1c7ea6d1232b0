# SPDX-License-Identifier: Apache-2.0
"""Whether plans may go on, as it is told to an operator."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from falcon.testing import TestClient
from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import Invalid
from watcher_py.db.columns import now
from watcher_py.db.models import Action
from watcher_py.db.store import Store


def test_a_closed_window_and_an_open_breaker_are_told(conf: ConfigOpts, make: Callable[[], Any],
                                                      seeded: Store) -> None:
    conf.set_override('windows', ['2020-01-01/2020-01-02'], 'execution')
    ended = now() - timedelta(minutes=1)
    seeded.add(*(Action(action_plan_id=2, action_type='migrate', state='FAILED', project='blue',
                        begun_at=ended - timedelta(seconds=30), ended_at=ended) for _ in range(5)))
    told = TestClient(make()).simulate_get('/v2/execution').json
    assert told['calendar'] == {'is_open': False, 'next_opening': None}
    assert told['begun_within_an_hour'] == {'in_all': 6, 'by_project': {'blue': 6}}
    breaker = told['breaker']
    figures = [breaker[name] for name in ('phase', 'ended', 'failed', 'median_seconds')]
    assert figures == ['open', 5, 5, 30.0]
    assert breaker['until'] == f'{(ended + timedelta(minutes=10)).isoformat()}+00:00'
    assert '5 of the last 5 moves failed' in breaker['why']


def test_the_api_does_not_start_with_windows_that_can_not_be_read(conf: ConfigOpts,
                                                                  make: Callable[[], Any]) -> None:
    conf.set_override('blackouts', ['every night'], 'execution')
    with pytest.raises(Invalid, match='every night'):
        make()
