# SPDX-License-Identifier: Apache-2.0
"""Wait for something to come true, and for a service that is silent."""

import logging
from collections.abc import Callable
from typing import TypeVar

from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.core.errors import TakenOver, Unavailable

LOG = logging.getLogger(__name__)

T = TypeVar('T')

# In seconds; who waits looks so often whether he is told something.
NAP = 0.5


def until(is_true: Callable[[], bool], settings: Settings, what: str, run: Run) -> None:
    """Look again and again, also while a service is silent; Unavailable when it takes too long."""
    deadline = settings.clock() + settings.timeout
    while True:
        keep_on(run)
        try:
            if is_true():
                return
            silence = None
        except Unavailable as error:
            LOG.warning('Waiting for %s: %s', what, error)
            silence = error
        if settings.clock() >= deadline:
            raise silence or Unavailable(f'waited {settings.timeout:g} s in vain for {what}')
        rest(settings, run)


def patiently(ask: Callable[[], T], settings: Settings, run: Run, is_begun: bool = True) -> T:
    """The answer, once the service gives one; Unavailable when it takes too long.

    Cancelled for what is not begun yet, and is to stop.
    """
    deadline = settings.clock() + settings.timeout
    while True:
        keep_on(run)
        try:
            return ask()
        except Unavailable as error:
            LOG.warning('%s; it is asked again', error)
            if settings.clock() >= deadline:
                raise
        if run.stop.is_set() and not is_begun:
            raise Cancelled
        rest(settings, run)


def rest(settings: Settings, run: Run, seconds: float | None = None) -> None:
    """For an interval, or so many seconds; what is told meanwhile ends it."""
    left, heard = settings.interval if seconds is None else seconds, _heard(run)
    while left > 0 and _heard(run) == heard:
        settings.pause(min(left, NAP))
        left -= NAP


def keep_on(run: Run) -> None:
    """TakenOver once another process has taken over."""
    if run.lost.is_set():
        raise TakenOver('another process goes on with the action')


def _heard(run: Run) -> tuple[bool, bool, bool]:
    return run.stop.is_set(), run.force.is_set(), run.lost.is_set()
