# SPDX-License-Identifier: Apache-2.0
"""What operators write into calendars, and what they are told when it is nonsense."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.calendars.period import period
from watcher_py.calendars.recurring import Recurring
from watcher_py.calendars.span import Span
from watcher_py.core.errors import Invalid

UTC, BERLIN = ZoneInfo('UTC'), ZoneInfo('Europe/Berlin')
YEAR_END = Span(datetime(2026, 12, 19, 23), datetime(2027, 1, 2, 23))


@pytest.mark.parametrize(('text', 'meant'), [
    ('0 22 * * 5 for 8h in Europe/Berlin', Recurring('0 22 * * 5', timedelta(hours=8), BERLIN)),
    ('  */20 1,3 * jan mon-fri  for 90 m ', Recurring('*/20 1,3 * jan mon-fri', timedelta(minutes=90), UTC)),
    ('0 0 l * * for 2d', Recurring('0 0 l * *', timedelta(days=2), UTC)),
    ('2026-12-20T00:00/2027-01-03T00:00 in Europe/Berlin', YEAR_END),
    ('2026-12-20/2027-01-03 in Europe/Berlin', YEAR_END),
    ('2026-12-20T00:00+01:00 / 2027-01-02T23:00Z', YEAR_END),
    ('2026-12-19 23:00/2027-01-02 23:00', YEAR_END)])
def test_a_period_is_read(text: str, meant: Recurring | Span) -> None:
    assert period(text) == meant


@pytest.mark.parametrize(('text', 'fault'), [
    ('', 'neither'), ('nightly', 'neither'), ('0 22 * * 5', 'neither'), ('0 22 * * 5 for ever', 'neither'),
    ('0 22 * * for 8h', 'not cron of 5 fields'), ('0 0 22 * * 5 for 8h', 'not cron of 5 fields'),
    ('0 25 * * 5 for 8h', 'not cron of 5 fields'), ('0 22 * * someday for 8h', 'not cron of 5 fields'),
    # Croniter would draw one.
    ('R 22 * * 5 for 8h', 'not cron of 5 fields'), ('@daily for 8h', 'not cron of 5 fields'),
    ('0 0 30 2 * for 8h', 'never comes'), ('0 22 * * 5 for 0h', 'it lasts 1 minute to 31 days'),
    ('0 22 * * 5 for 32d', 'it lasts 1 minute to 31 days'),
    ('0 22 * * 5 for 8h in Berlin', 'no time zone Berlin'), ('0 22 * * 5 for 8h in Europe', 'no time zone'),
    ('0 22 * * 5 for 8h in ../../etc/passwd', 'no time zone'),
    ('2026-12-20/2026-12-20', 'it ends before it begins'), ('2026-12-20/someday', "'someday' is no time"),
    ('0001-01-01T00:00+14:00/2026-12-20', 'is no time')])
def test_nonsense_is_refused_in_a_sentence(text: str, fault: str) -> None:
    with pytest.raises(Invalid, match=fault) as refused:
        period(text)
    assert repr(text) in str(refused.value)


FIELDS = st.from_regex(r'[0-9*/,#lL?-]{1,9}( [0-9*/,#lL?-]{1,5}){4} for [0-9]h', fullmatch=True)


@given(st.text() | st.text(alphabet='0123456789*/-, forhdminL#?') | FIELDS)
def test_whatever_is_written_it_is_read_or_refused(text: str) -> None:
    try:
        found = period(text)
    except Invalid:
        return
    assert found.end_at(datetime(2026, 11, 21)) != datetime(2026, 11, 21)
