# SPDX-License-Identifier: Apache-2.0
"""Waiting ends when its time is over, or when it is to stop; another process waits for the rest only."""

import time

import pytest

from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.sleep import Sleep
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Invalid, TakenOver


def sleep(duration, run=None):
    return Sleep({'duration': duration}, None, Settings(), run or Run())


def test_a_short_sleep_ends():
    sleep(0.001).execute()


def test_a_long_sleep_ends_when_the_plan_is_cancelled():
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        sleep(3600, run).execute()


def test_a_long_sleep_ends_when_another_process_sleeps_on():
    run = Run()
    run.lost.set()
    with pytest.raises(TakenOver):
        sleep(3600, run).execute()


def test_when_it_began_is_remembered():
    kept = {}
    sleep(0, Run(Memory(save=kept.update))).execute()
    assert kept['began'] == pytest.approx(time.time(), abs=60)


def test_who_sleeps_on_sleeps_the_rest_only():
    sleep(3600, Run(Memory({'began': time.time() - 3600}))).resume()


def test_a_clock_that_is_ahead_makes_nobody_sleep_longer():
    sleep(0.001, Run(Memory({'began': time.time() + 3600}))).resume()


@pytest.mark.parametrize('duration', [-1, 'long', None])
def test_a_malformed_duration_is_refused(duration):
    with pytest.raises(Invalid, match='sleep: duration'):
        sleep(duration)
