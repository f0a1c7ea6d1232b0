# SPDX-License-Identifier: Apache-2.0
"""A program as a process of its own, that can be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

BIN = Path(sys.executable).parent
PATIENCE = 60.0
ORPHANED = 1.0                  # seconds that a child outlives its parent, when it is killed first


class Blow(StrEnum):
    """Who of a service is killed: it has a parent, that starts it anew, and a child, that works."""

    BOTH = 'both'
    CHILD = 'child'
    PARENT_FIRST = 'parent first'


class Program:
    """One of ours, or any by its path, and where it logs."""

    def __init__(self, name: str, words: list[str], log: Path, env: Mapping[str, str] | None = None,
                 user: str | None = None, farewell: signal.Signals = signal.SIGTERM):
        self.name = name
        self._words, self._log, self._user, self._farewell = words, log, user, farewell
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A session of its own: what the program starts can be killed with it.
        with self._log.open('ab') as log:
            self._process = subprocess.Popen(  # noqa: S603 - our program, or a server's
                [BIN / self._words[0], *self._words[1:]], stdout=log, stderr=log, start_new_session=True,
                env=self._env, user=self._user)

    @property
    def pid(self) -> int:
        assert self._process is not None  # noqa: S101 - it is asked of what was started
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self, blow: Blow) -> None:
        """With SIGKILL, so that nothing is tidied up; a child killed alone is started by its parent."""
        parent = self.pid
        for pid in children(parent) if blow is Blow.CHILD else [parent]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if blow is Blow.CHILD:
            return
        if blow is Blow.PARENT_FIRST:
            time.sleep(ORPHANED)
        _signal_all(parent, signal.SIGKILL)
        assert self._process is not None  # noqa: S101 - it is done to what was started
        self._process.wait()

    def stop(self) -> None:
        """As an operator stops it; what does not end is killed."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(self._farewell)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal_all(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def told(self) -> str:
        return self._log.read_text(errors='replace') if self._log.exists() else ''


def children(parent: int) -> list[int]:
    """Whichever of its threads has started them."""
    with suppress(FileNotFoundError):
        lists = [path.read_text() for path in Path(f'/proc/{parent}/task').glob('*/children')]
        return [int(pid) for line in lists for pid in line.split()]
    return []


def _signal_all(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def wait_for(what: str, is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Until it is so; the end of the program when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f'{what} did not come within {seconds:g} s')
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


def serves(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0
