# SPDX-License-Identifier: Apache-2.0
"""Audits that no message told of, or whose engine is gone, are found."""

from datetime import timedelta
from typing import Any

import pytest

from watcher_py.db.columns import now
from watcher_py.engine.waiting import waiting

HOUR = timedelta(hours=1)
LATER, LONG_AGO = now() + HOUR, now() - HOUR


def found(desk: Any) -> list[str]:
    return waiting(desk.store, desk.tools.leases)


@pytest.mark.parametrize('values', [
    {'audit_type': 'ONESHOT', 'state': 'PENDING'},
    {'audit_type': 'EVENT', 'state': 'PENDING', 'triggered_at': LONG_AGO},
    {'audit_type': 'EVENT', 'state': 'SUCCEEDED', 'triggered_at': LATER},
    {'audit_type': 'ONESHOT', 'state': 'ONGOING', 'hostname': 'gone', 'leased_until': LONG_AGO},
    {'audit_type': 'EVENT', 'state': 'ONGOING', 'hostname': 'gone', 'leased_until': LONG_AGO},
    {'audit_type': 'CONTINUOUS', 'state': 'ONGOING', 'hostname': 'gone', 'leased_until': LONG_AGO},
    {'audit_type': 'ONESHOT', 'state': 'ONGOING', 'hostname': 'of an older release'}])
def test_what_waits_is_found(desk: Any, values: dict[str, Any]) -> None:
    audit = desk.audit(**values)
    assert found(desk) == [audit.uuid]


@pytest.mark.parametrize('values', [
    {'audit_type': 'ONESHOT', 'state': 'SUCCEEDED', 'triggered_at': LONG_AGO},
    {'audit_type': 'EVENT', 'state': 'PENDING'},
    {'audit_type': 'EVENT', 'state': 'CANCELLED', 'triggered_at': LONG_AGO},
    {'audit_type': 'CONTINUOUS', 'state': 'PENDING', 'next_run_time': LONG_AGO},
    {'audit_type': 'CONTINUOUS', 'state': 'ONGOING', 'hostname': 'me', 'next_run_time': LONG_AGO,
     'leased_until': LONG_AGO},
    {'audit_type': 'CONTINUOUS', 'state': 'SUSPENDED', 'hostname': 'gone', 'leased_until': LONG_AGO},
    {'audit_type': 'ONESHOT', 'state': 'ONGOING', 'hostname': 'alive', 'leased_until': LATER},
    {'audit_type': 'ONESHOT', 'state': 'ONGOING'}])         # a user says so
def test_what_does_not_wait_is_left_alone(desk: Any, values: dict[str, Any]) -> None:
    desk.audit(**values)
    assert found(desk) == []


def test_what_was_begun_comes_first(desk: Any) -> None:
    new = desk.audit()
    begun = desk.audit(state='ONGOING', hostname='gone')
    assert found(desk) == [begun.uuid, new.uuid]


def test_a_crowd_comes_a_hundred_at_a_time_the_oldest_first(desk: Any) -> None:
    audits = [desk.audit().uuid for _ in range(102)]
    assert found(desk) == audits[:100]
