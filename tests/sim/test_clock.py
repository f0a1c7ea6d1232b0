# SPDX-License-Identifier: Apache-2.0
"""Simulated time stands still, or goes on."""

import pytest

from watcher_py.sim.clock import Clock, iso, iso_micro, moment_of


def test_a_clock_without_speed_stands_until_it_is_told() -> None:
    clock = Clock(speed=0, start=1000.0)
    assert clock.now() == 1000.0
    clock.advance(60)
    assert clock.now() == 1060.0


def test_a_clock_runs_as_fast_as_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10.0, 12.0])
    monkeypatch.setattr('watcher_py.sim.clock.time.monotonic', lambda: next(moments))
    assert Clock(speed=20, start=0.0).now() == 40.0


def test_times_are_written_and_read() -> None:
    assert iso(0) == '1970-01-01T00:00:00Z'
    assert iso_micro(0.5) == '1970-01-01T00:00:00.500000'
    assert moment_of('1970-01-01T00:01:00Z') == moment_of('1970-01-01T00:01:00') == 60
