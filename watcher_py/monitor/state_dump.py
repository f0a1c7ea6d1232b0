# SPDX-License-Identifier: Apache-2.0
"""On SIGUSR2, what a process is doing: written to its log, while it goes on."""

import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from threading import Lock, Thread
from typing import Any

from oslo_config.cfg import ConfigOpts
from oslo_db.exception import DBError
from oslo_utils.strutils import mask_password

from watcher_py.core.errors import WatcherError

LOG = logging.getLogger(__name__)

SIGNAL = signal.SIGUSR2
# Where an option holds a URL with an account in it.
ACCOUNT = re.compile('//[^/@\\s]*@')

Section = Callable[[], Iterable[str]]


class StateDump:
    """Sections of lines, each written as one record; the stacks of all threads are always the first.

    A section must not wait for the database or the cloud: they may be what the process hangs in.
    """

    def __init__(self, name: str, sections: Mapping[str, Section]):
        self._name = name
        self._sections = {'threads': threads, **sections}
        self._writing = Lock()

    def on_signal(self) -> None:
        """Write it whenever the signal comes; to be called by the main thread of the process."""
        signal.signal(SIGNAL, lambda *_: self.begin())

    def begin(self) -> None:
        """Write it in a thread of its own: the one that was interrupted may hold what is needed."""
        Thread(target=self.write, name='state dump', daemon=True).start()

    def write(self) -> None:
        if not self._writing.acquire(blocking=False):
            return          # one is being written already
        try:
            for title, section in self._sections.items():
                _log(f'State of {self._name}, {title}:\n' + '\n'.join(_lines(section)))
            _log(f'State of {self._name}: that is all')
        finally:
            self._writing.release()


def hand_on() -> None:
    """In the process that only looks after others: let them have the signal, which would end it."""
    def tell(*_: Any) -> None:
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, SIGNAL)

    signal.signal(SIGNAL, tell)


def threads() -> Iterable[str]:
    """Where each thread is."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for number, frame in sys._current_frames().items():
        yield f'Thread "{names.get(number, "unknown")}" ({number})'
        yield from (line.rstrip() for line in traceback.format_stack(frame))


def configuration(conf: ConfigOpts) -> Iterable[str]:
    """The options as they are in force, without what is secret."""
    lines = _Lines()
    conf.log_opt_values(lines, logging.INFO)
    return [ACCOUNT.sub('//***@', mask_password(line)) for line in lines.said]


def _lines(section: Section) -> list[str]:
    try:
        return list(section())
    except (DBError, WatcherError) as error:
        return [f'It can not be told: {error}']


def _log(message: str) -> None:
    """Whatever level the log has: it was asked for."""
    LOG.handle(LOG.makeRecord(LOG.name, logging.INFO, __file__, 0, message, (), None))


class _Lines:
    """Stands for the logger that oslo.config would tell its options."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, level: int, msg: object, *args: object) -> None:
        self.said.append(str(msg) % args if args else str(msg))
