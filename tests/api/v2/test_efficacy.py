# SPDX-License-Identifier: Apache-2.0
"""What plans promised and what came of them, one after another."""

from datetime import datetime
from typing import Any

import pytest
from falcon.testing import TestClient

from tests.api.conftest import uuid
from watcher_py.db.models import ActionPlan, Audit, EfficacyIndicator
from watcher_py.db.store import Store

AT = datetime(2026, 3, 4, 5, 6, 7)
RATIO = {'name': 'ratio', 'description': 'd', 'unit': '%', 'value': 10.0}
RELEASED = {'name': 'released_compute_nodes_count', 'description': 'Nodes that the plan empties',
            'unit': None, 'predicted': 2.0, 'measured': None}
DOWNTIME = {'name': 'downtime_s', 'description': None, 'unit': 's', 'predicted': None, 'measured': 1.5}


@pytest.fixture
def measured(seeded: Store) -> ActionPlan:
    """The second plan, which was carried out and measured."""
    plan = seeded.get(ActionPlan, uuid(32))
    seeded.add(EfficacyIndicator(name='released_compute_nodes_count', data=3.0, measured=2.0,
                                 action_plan_id=plan.id),
               EfficacyIndicator(name='downtime_s', unit='s', measured=1.5, action_plan_id=plan.id))
    return seeded.change(plan, measured_at=AT, measured={'global_efficacy': [RATIO], 'notes': ['cpu: late']})


def listed(client: TestClient, query: str = '') -> list[str]:
    return [row['uuid'] for row in client.simulate_get(f'/v2/efficacy{query}').json['efficacy']]


def test_a_plan_shows_side_by_side_what_it_promised_and_what_came_of_it(
        client: TestClient, measured: ActionPlan) -> None:
    shown = client.simulate_get(f'/v2/action_plans/{measured.uuid}').json
    assert [(row['name'], row['predicted'], row['measured']) for row in shown['efficacy']] == [
        ('released_compute_nodes_count', 3.0, 2.0), ('downtime_s', None, 1.5)]
    assert shown['efficacy'][1] == DOWNTIME
    assert shown['global_efficacy'][0]['value'] == 20.0
    assert shown['measured'] == {
        'at': '2026-03-04T05:06:07+00:00', 'global_efficacy': [RATIO], 'notes': ['cpu: late']}


def test_a_plan_that_was_not_measured_says_so(client: TestClient, seeded: Store) -> None:
    shown = client.simulate_get(f'/v2/action_plans/{uuid(31)}').json
    assert (shown['efficacy'], shown['measured']) == ([RELEASED], None)


def test_watchers_clients_see_what_was_promised_only(client: TestClient, measured: ActionPlan) -> None:
    shown = client.simulate_get(f'/v1/action_plans/{measured.uuid}').json
    assert [(row['name'], row['value']) for row in shown['efficacy_indicators']] == [
        ('released_compute_nodes_count', 3.0)]


def test_the_history_of_an_audit_is_read_page_by_page(client: TestClient, measured: ActionPlan) -> None:
    page = client.simulate_get(f'/v2/efficacy?audit={uuid(21)}&limit=3').json
    assert [row['uuid'] for row in page['efficacy']] == [uuid(31), uuid(32), uuid(33)]
    first, second, _ = page['efficacy']
    assert [first[name] for name in ('audit_uuid', 'audit_name', 'strategy_name')] == [
        uuid(21), 'nightly', 'dummy']
    assert (first['efficacy'], first['measured']) == ([RELEASED], None)
    assert second['measured']['global_efficacy'] == [RATIO]
    host, _, rest = page['next'].partition('/v2/efficacy?')
    assert host == 'http://falconframework.org'
    last = client.simulate_get('/v2/efficacy', query_string=rest).json
    assert [row['uuid'] for row in last['efficacy']] == [uuid(34)]
    assert 'next' not in last


@pytest.mark.parametrize(('query', 'found'), [
    ('?audit=nightly', 4), ('?audit=running', 0), ('?goal=dummy', 4), ('?goal=server_consolidation', 0),
    ('?strategy=dummy', 4), ('?strategy=vm_workload_consolidation', 0), ('?measured=true', 1),
    ('?measured=false', 3)])
def test_plans_are_chosen_by_audit_goal_strategy_and_whether_they_were_measured(
        client: TestClient, measured: ActionPlan, query: str, found: int) -> None:
    assert len(listed(client, query)) == found


def test_the_newest_may_come_first(client: TestClient, measured: ActionPlan) -> None:
    assert listed(client, '?sort_key=created_at&sort_dir=desc&limit=1') == [uuid(34)]


@pytest.mark.parametrize('query', ['?colour=red', '?sort_key=colour', '?limit=0', '?marker=1'])
def test_what_can_not_be_asked_is_refused(client: TestClient, seeded: Store, query: str) -> None:
    assert client.simulate_get(f'/v2/efficacy{query}').status_code == 400


def test_an_unknown_marker_is_not_found(client: TestClient, seeded: Store) -> None:
    assert client.simulate_get(f'/v2/efficacy?marker={uuid(99)}').status_code == 404


def test_a_deleted_plan_is_no_history(client: TestClient, measured: ActionPlan, seeded: Store) -> None:
    seeded.remove(measured)
    assert uuid(32) not in listed(client)


def test_plans_of_an_audit_without_a_name_are_listed(client: TestClient, seeded: Store) -> None:
    seeded.change(seeded.get(Audit, uuid(21)), name=None)
    rows: list[dict[str, Any]] = client.simulate_get('/v2/efficacy').json['efficacy']
    assert {row['audit_name'] for row in rows} == {None}
