# SPDX-License-Identifier: Apache-2.0
"""Waiting ends when its time is over, or when the plan is cancelled."""

from threading import Event

import pytest

from watcher_py.applier.actions.contract import Cancelled, Settings
from watcher_py.applier.actions.sleep import Sleep
from watcher_py.core.errors import Invalid


def test_a_short_sleep_ends():
    Sleep({'duration': 0.001}, None, Settings(), Event()).execute()


def test_a_long_sleep_ends_when_the_plan_is_cancelled():
    cancelled = Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        Sleep({'duration': 3600}, None, Settings(), cancelled).execute()


@pytest.mark.parametrize('duration', [-1, 'long', None])
def test_a_malformed_duration_is_refused(duration):
    with pytest.raises(Invalid, match='sleep: duration'):
        Sleep({'duration': duration}, None, Settings(), Event())
