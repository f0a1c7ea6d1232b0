# SPDX-License-Identifier: Apache-2.0
"""When audits run."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from watcher_py.api.v1 import audit_times
from watcher_py.core.errors import Invalid


@pytest.fixture
def _in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'Asia/Tokyo')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize('text', ['1', '600', '*/5 * * * *', '0 0 * * 1-5', '* * * * * 30',
                                  '0 0 1 1 * 0 2027'])
def test_intervals_are_seconds_or_cron(text: str) -> None:
    assert audit_times.interval(text) == text


@pytest.mark.parametrize('text', ['0', '-5', '', 'soon', '1 2', '61 * * * *', '*/5 * * * *' + ' ' * 30, '²'])
def test_other_intervals_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        audit_times.interval(text)


@pytest.mark.usefixtures('_in_tokyo')
def test_a_time_without_offset_is_local() -> None:
    assert audit_times.moment('2026-12-01 09:30', 'start_time') == datetime(2026, 12, 1, 0, 30)
    assert audit_times.moment('2026-12-01T09:30:00Z', 'start_time') == datetime(2026, 12, 1, 9, 30)


@pytest.mark.parametrize('text', ['soon', '', '2026-13-01', '0001-01-01T00:00:00+23:00'])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        audit_times.moment(text, 'end_time')
