# SPDX-License-Identifier: Apache-2.0
"""Pages that follow each other by their own links."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from falcon.testing import TestClient
from sqlalchemy import event

from watcher_py.db.models import Audit, Goal
from watcher_py.db.session import engine_of
from watcher_py.db.store import Store


@pytest.fixture
def names(seeded: Store) -> list[str]:
    """Audits of two goals in turn, some with a strategy."""
    rows = [Audit(name=f'a{number:02}', audit_type='ONESHOT', state='FAILED', goal_id=1 + number % 2,
                  strategy_id=1 if number % 4 == 0 else None) for number in range(23)]
    seeded.add(*rows)
    return [str(row.name) for row in rows]


def walked(client: TestClient, path: str) -> Iterator[list[dict[str, Any]]]:
    while path:
        answer = client.simulate_get(path).json
        yield answer['audits']
        path = answer.get('next', '')
        path = path and path.removeprefix('{0.scheme}://{0.netloc}'.format(urlsplit(path)))


@pytest.mark.parametrize('order', ['', '&sort_key=name&sort_dir=desc', '&sort_key=strategy_uuid',
                                   '&sort_key=goal_name&sort_dir=desc', '&sort_key=end_time',
                                   '&sort_key=parameters'])
def test_pages_hold_every_row_of_the_filter_once(client: TestClient, names: list[str], order: str) -> None:
    pages = list(walked(client, f'/v1/audits/detail?goal=dummy&limit=3{order}'))
    found = [audit['name'] for page in pages for audit in page]
    assert all(len(page) <= 3 for page in pages)
    assert sorted(found) == sorted([*names[::2], 'nightly'])


def test_a_page_is_no_longer_than_the_operator_allows(client: TestClient, conf: Any, make: Any,
                                                      names: list[str]) -> None:
    conf.set_override('max_limit', 5, 'api')
    client = TestClient(make())
    assert len(client.simulate_get('/v1/audits?limit=100').json['audits']) == 5
    assert len(client.simulate_get('/v1/audits').json['audits']) == 5


def test_a_page_follows_a_row_that_was_deleted_since(client: TestClient, seeded: Store,
                                                     names: list[str]) -> None:
    first = client.simulate_get('/v1/audits?limit=2&sort_key=name').json
    seeded.remove(seeded.get(Audit, first['audits'][-1]['uuid']))
    [second, *_] = walked(client, first['next'].partition('falconframework.org')[2])
    assert [audit['name'] for audit in second] == ['a02', 'a03']


def test_a_deleted_goal_is_no_longer_shown_beside_its_audits(client: TestClient, seeded: Store) -> None:
    seeded.remove(seeded.get(Goal, 'server_consolidation'))
    audit = client.simulate_get('/v1/audits/running').json
    assert audit['goal_uuid'] is audit['goal_name'] is None


@pytest.mark.parametrize('path', ['/v1/audits?', '/v1/audits/detail?goal=dummy&', '/v1/actions/detail?'])
def test_a_page_costs_four_statements_however_long_it_is(client: TestClient, seeded: Store, names: list[str],
                                                         path: str) -> None:
    first = client.simulate_get(f'{path}limit=2').json
    statements: list[str] = []
    engine = engine_of(seeded._sessions)
    event.listen(engine, 'before_cursor_execute', lambda *call: statements.append(call[2]))
    client.simulate_get(first['next'].partition('falconframework.org')[2].replace('limit=2', 'limit=1000'))
    assert 1 < len([statement for statement in statements if statement.startswith('SELECT')]) <= 4
