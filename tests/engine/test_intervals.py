# SPDX-License-Identifier: Apache-2.0
"""When continuous audits run."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.db.models import Audit
from watcher_py.engine.intervals import Rhythm

NOON = datetime(2026, 12, 1, 12)
PLAIN = Rhythm()


def every(interval: str | None, **values: Any) -> Audit:
    return Audit(audit_type='CONTINUOUS', interval=interval, uuid=str(uuid4()), **values)


@pytest.fixture
def _in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'Asia/Tokyo')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_seconds_are_counted_from_the_last_run() -> None:
    assert PLAIN.next_run(every('90'), NOON) == datetime(2026, 12, 1, 12, 1, 30)


@pytest.mark.parametrize(('cron', 'expected'), [
    ('*/5 * * * *', datetime(2026, 12, 1, 12, 5)),
    ('0 3 * * *', datetime(2026, 12, 2, 3)),
    ('* * * * * 30', datetime(2026, 12, 1, 12, 0, 30)),
    ('0 0 1 1 * 0 2028', datetime(2028, 1, 1))])
@pytest.mark.usefixtures('_in_tokyo')
def test_cron_is_utc_and_may_have_seconds_and_years(cron: str, expected: datetime) -> None:
    assert PLAIN.next_run(every(cron), NOON) == expected


def test_cron_is_local_time_where_a_zone_is_given() -> None:
    assert Rhythm(ZoneInfo('Asia/Tokyo')).next_run(every('0 3 * * *'), NOON) == datetime(2026, 12, 1, 18)


@pytest.mark.parametrize('interval', ['0 0 1 1 * 0 2020', '99999999999999', 'soon', '', None, '-5', '0'])
@pytest.mark.parametrize('jitter', [0, 60])
def test_an_interval_may_name_no_moment_to_come(interval: str | None, jitter: float) -> None:
    assert Rhythm(jitter=jitter).next_run(every(interval), NOON) is None


def test_by_seconds_the_first_run_is_at_the_start() -> None:
    assert PLAIN.first_run(every('90'), NOON) == NOON
    assert PLAIN.first_run(every('90', start_time=datetime(2026, 12, 2)), NOON) == datetime(2026, 12, 2)
    assert PLAIN.first_run(every('90', start_time=datetime(2026, 11, 2)), NOON) == NOON


def test_by_cron_the_first_run_is_the_first_match_from_the_start_on() -> None:
    assert PLAIN.first_run(every('0 * * * *'), datetime(2026, 12, 1, 12, 0, 1)) == datetime(2026, 12, 1, 13)
    start = datetime(2026, 12, 2, 3)
    assert PLAIN.first_run(every('0 3 * * *', start_time=start), NOON) == start


def test_jitter_is_another_for_each_run_and_each_audit() -> None:
    rhythm, one, two = Rhythm(jitter=600), every('0 * * * *'), every('0 * * * *')
    delays = {(rhythm.next_run(audit, NOON + hour) or NOON) - NOON - hour
              for audit in (one, two) for hour in (timedelta(0), timedelta(hours=1))}
    assert len(delays) == 4


def test_jitter_leaves_a_run_before_the_end() -> None:
    audit = every('0 12 * * *', end_time=NOON + timedelta(minutes=1))
    due = Rhythm(jitter=86400).first_run(audit, NOON)
    assert due is not None
    assert NOON <= due < audit.end_time


@given(st.floats(0, 100_000), st.sampled_from(['1', '60', '86400', '* * * * *', '0 3 * * *', '0 0 1 1 *']),
       st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.uuids())
def test_jitter_never_exceeds_itself_nor_the_next_run(jitter: float, interval: str, moment: datetime,
                                                      uuid: Any) -> None:
    audit, rhythm = every(interval), Rhythm(jitter=jitter)
    audit.uuid = str(uuid)
    due, late = PLAIN.next_run(audit, moment), rhythm.next_run(audit, moment)
    assert due is not None
    assert late is not None
    after = PLAIN.next_run(audit, due)
    assert after is not None
    assert due <= late <= due + timedelta(seconds=jitter)
    assert late < after
    assert Rhythm(UTC, jitter).next_run(audit, moment) == late
