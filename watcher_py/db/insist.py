# SPDX-License-Identifier: Apache-2.0
"""Write until the database has it: where an answer got lost, look whether the write came through."""

import logging
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from watcher_py.core.errors import Unavailable

LOG = logging.getLogger(__name__)

T = TypeVar('T')

PAUSE = 0.5         # seconds between two tries


def insist(write: Callable[[], bool], is_written: Callable[[], bool], stopped: Event) -> bool:
    """What the write says, or, once an answer was lost, whether it was written after all.

    It goes on while the database is away, until `stopped` is set: then Unavailable.
    """
    try:
        return write()
    except Unavailable as error:
        _pause(error, stopped)
    # The lost write may still have been on its way at the first look, and have made the second one fail.
    return patiently(lambda: is_written() or write() or is_written(), stopped)


def patiently(ask: Callable[[], T], stopped: Event) -> T:
    """The answer, once the database gives one; to be used for what may be done twice."""
    is_told = False
    while True:
        try:
            return ask()
        except Unavailable as error:
            _pause(error, stopped, is_told)
            is_told = True


def _pause(error: Unavailable, stopped: Event, is_told: bool = False) -> None:
    LOG.log(logging.DEBUG if is_told else logging.WARNING, '%s; it is tried again', error)
    if stopped.wait(PAUSE):
        raise error
