# SPDX-License-Identifier: Apache-2.0
"""Plans that nobody should launch any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from watcher_py.core.strategy import Strategy
from watcher_py.db.columns import now
from watcher_py.engine.outdated import replaced, supersede_aged
from watcher_py.engine.run_audit import run_audit


@pytest.fixture
def desk(make_desk: Callable[..., Any], chained: Strategy) -> Any:
    """With an audit that has recommended a plan of two actions."""
    desk = make_desk(chained)
    desk.done = desk.audit()
    run_audit(desk.tools, desk.done.uuid)
    return desk


def states(desk: Any) -> list[str]:
    return [row.state for row in (*desk.plans(), *desk.actions())]


def test_a_plan_is_superseded_when_it_is_older_than_the_hours(desk: Any) -> None:
    supersede_aged(desk.store, 24, now() + timedelta(hours=23))
    assert states(desk) == ['RECOMMENDED', 'PENDING', 'PENDING']
    supersede_aged(desk.store, 24, now() + timedelta(hours=25))
    assert states(desk) == ['SUPERSEDED', 'CANCELLED', 'CANCELLED']
    assert desk.plans()[0].status_message == 'Not launched within 24 hours.'


def test_zero_hours_are_for_ever(desk: Any) -> None:
    supersede_aged(desk.store, 0, now() + timedelta(days=3650))
    assert states(desk)[0] == 'RECOMMENDED'


@pytest.mark.parametrize('state', ['PENDING', 'ONGOING', 'SUCCEEDED', 'FAILED'])
def test_only_recommended_plans_age(desk: Any, state: str) -> None:
    desk.store.change(desk.plans()[0], state=state)
    supersede_aged(desk.store, 1, now() + timedelta(days=1))
    desk.store.claim(desk.done, 'SUCCEEDED', 'SUCCEEDED', changing=replaced(desk.done))
    assert states(desk) == [state, 'PENDING', 'PENDING']


def test_of_an_audit_that_starts_its_plans_one_that_nobody_has_begun_is_replaced(desk: Any) -> None:
    desk.store.change(desk.plans()[0], state='PENDING')
    audit = desk.store.change(desk.done, auto_trigger=True)
    desk.store.claim(audit, 'SUCCEEDED', 'SUCCEEDED', changing=replaced(audit))
    assert states(desk) == ['CANCELLED'] * 3


def test_plans_of_other_audits_are_not_replaced(desk: Any) -> None:
    other = desk.audit()
    desk.store.claim(other, 'PENDING', 'PENDING', changing=replaced(other))
    assert states(desk)[0] == 'RECOMMENDED'
