# SPDX-License-Identifier: Apache-2.0
"""When continuous audits run."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from watcher_py.db.models import Audit
from watcher_py.engine.intervals import first_run, next_run

NOON = datetime(2026, 12, 1, 12)


def every(interval: str | None, **values: Any) -> Audit:
    return Audit(audit_type='CONTINUOUS', interval=interval, **values)


@pytest.fixture
def _in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'Asia/Tokyo')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_seconds_are_counted_from_the_last_run() -> None:
    assert next_run(every('90'), NOON) == datetime(2026, 12, 1, 12, 1, 30)


@pytest.mark.parametrize(('cron', 'expected'), [
    ('*/5 * * * *', datetime(2026, 12, 1, 12, 5)),
    ('0 3 * * *', datetime(2026, 12, 2, 3)),
    ('* * * * * 30', datetime(2026, 12, 1, 12, 0, 30)),
    ('0 0 1 1 * 0 2028', datetime(2028, 1, 1))])
@pytest.mark.usefixtures('_in_tokyo')
def test_cron_is_utc_and_may_have_seconds_and_years(cron: str, expected: datetime) -> None:
    assert next_run(every(cron), NOON) == expected


@pytest.mark.parametrize('interval', ['0 0 1 1 * 0 2020', '99999999999999', 'soon', '', None])
def test_an_interval_may_name_no_moment_to_come(interval: str | None) -> None:
    assert next_run(every(interval), NOON) is None


def test_by_seconds_the_first_run_is_at_the_start() -> None:
    assert first_run(every('90'), NOON) == NOON
    assert first_run(every('90', start_time=datetime(2026, 12, 2)), NOON) == datetime(2026, 12, 2)
    assert first_run(every('90', start_time=datetime(2026, 11, 2)), NOON) == NOON


def test_by_cron_the_first_run_is_the_first_match_from_the_start_on() -> None:
    assert first_run(every('0 * * * *'), datetime(2026, 12, 1, 12, 0, 1)) == datetime(2026, 12, 1, 13)
    start = datetime(2026, 12, 2, 3)
    assert first_run(every('0 3 * * *', start_time=start), NOON) == start
