# SPDX-License-Identifier: Apache-2.0
"""What was running on an engine that is gone."""

from datetime import datetime
from typing import Any

import pytest

from watcher_py.engine.interrupted import give_up

NOON = datetime(2026, 12, 1, 12)


@pytest.mark.parametrize(('audit_type', 'state'), [
    ('ONESHOT', 'CANCELLED'), ('EVENT', 'PENDING'), ('CONTINUOUS', 'ONGOING')])
def test_an_audit_ends_unless_it_is_one_that_runs_again(desk: Any, audit_type: str, state: str) -> None:
    audit = desk.audit(audit_type=audit_type, interval='60', state='ONGOING', hostname='gone')
    give_up(desk.store, ['gone'], NOON, 'went down')
    row = desk.again(audit)
    assert (row.state, row.next_run_time) == (state, NOON if audit_type == 'CONTINUOUS' else None)
    assert row.status_message == 'The decision engine on gone went down while the audit ran.'


def test_a_continuous_audit_that_waits_is_left_alone(desk: Any) -> None:
    later = datetime(2026, 12, 1, 13)
    audit = desk.audit(audit_type='CONTINUOUS', state='ONGOING', hostname='gone', next_run_time=later)
    give_up(desk.store, ['gone'], NOON, 'went down')
    assert (desk.again(audit).next_run_time, desk.again(audit).status_message) == (later, None)


def test_one_that_was_suspended_while_it_ran_may_be_resumed(desk: Any) -> None:
    audit = desk.audit(audit_type='CONTINUOUS', state='SUSPENDED', hostname='gone')
    give_up(desk.store, ['gone'], NOON, 'went down')
    assert (desk.again(audit).state, desk.again(audit).next_run_time) == ('SUSPENDED', NOON)


def test_audits_of_other_hosts_are_left_alone(desk: Any) -> None:
    audit = desk.audit(state='ONGOING', hostname='here')
    give_up(desk.store, ['gone'], NOON, 'went down')
    assert desk.again(audit).state == 'ONGOING'
