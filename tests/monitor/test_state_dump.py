# SPDX-License-Identifier: Apache-2.0
"""A process that is sent SIGUSR2 tells what it does, and goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from threading import Event, Thread, Timer

import pytest
from oslo_config import cfg

from watcher_py.core.errors import Unavailable
from watcher_py.monitor.state_dump import StateDump, configuration, threads

PATIENCE = 60
# A service whose thread computes without a pause, in the process that cotyledon makes for it.
BUSY = '''
    import sys
    from threading import Event, Thread
    from watcher_py.cmd import settings
    from watcher_py.cmd.worker import keep_running
    from watcher_py.monitor.state_dump import StateDump, configuration


    def compute():
        print('computes', flush=True)
        while True:
            sum(range(10_000))


    class Busy:
        def __init__(self):
            self.stopped = Event()

        def start(self):
            Thread(target=compute, name='solver', daemon=True).start()

        def wait(self):
            self.stopped.wait()

        def stop(self):
            print('stops', flush=True)
            self.stopped.set()


    def build(conf):
        sections = {'work': lambda: ['audit 1'], 'configuration': lambda: configuration(conf)}
        StateDump('busy', sections).on_signal()
        return Busy()


    keep_running(build, settings.load(sys.argv[1:], 'busy'))
    '''


@pytest.fixture
def process(tmp_path: Path) -> Iterator['subprocess.Popen[str]']:
    file = tmp_path / 'watcher.conf'
    file.write_text(
        '[DEFAULT]\ntransport_url = rabbit://me:hidden@bus/\ndefault_log_levels = watcher_py=ERROR\n'
        '[database]\nconnection = mysql://me:hidden@there/watcher\n')
    process = subprocess.Popen(
        [sys.executable, '-c', dedent(BUSY), '--config-file', str(file)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    too_long = Timer(PATIENCE, end)
    too_long.start()
    yield process
    too_long.cancel()
    end()
    process.wait()


def said(process: 'subprocess.Popen[str]', words: str) -> str:
    """What the program says until a line has these words."""
    assert process.stdout is not None
    lines = ''
    for line in process.stdout:
        lines += line
        if words in line:
            return lines
    raise AssertionError(f'never said {words!r}, but:\n{lines}')


def dumped(process: 'subprocess.Popen[str]') -> str:
    """What it tells when the process is asked that looks after it, whose number an operator has."""
    told = Event()

    def ask() -> None:
        # Again and again: it may not yet know of a child that has just begun.
        process.send_signal(signal.SIGUSR2)
        while not told.wait(2):
            process.send_signal(signal.SIGUSR2)

    asking = Thread(target=ask)
    asking.start()
    try:
        return said(process, 'that is all')
    finally:
        told.set()
        asking.join()


def test_a_busy_process_tells_each_time_and_goes_on(process: 'subprocess.Popen[str]') -> None:
    said(process, 'computes')
    for _ in range(2):
        told = dumped(process)
        assert 'Thread "solver"' in told
        assert 'in compute' in told
        assert 'State of busy, work:\naudit 1\n' in told
        assert 'database.connection' in told
        assert 'hidden' not in told
    process.send_signal(signal.SIGTERM)
    said(process, 'stops')
    assert process.wait(PATIENCE) == 0


def test_each_thread_is_told_with_its_place() -> None:
    released = Event()
    thread = Thread(target=released.wait, name='the one that waits')
    thread.start()
    try:
        told = '\n'.join(threads())
    finally:
        released.set()
        thread.join()
    assert 'Thread "the one that waits"' in told
    assert 'in test_each_thread_is_told_with_its_place' in told


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Callable[..., list[str]]:
    def write(**sections: Callable[[], list[str]]) -> list[str]:
        StateDump('it', sections).write()
        return [record.getMessage() for record in caplog.records]

    return write


def test_a_section_that_can_not_be_told_leaves_the_others(written: Callable[..., list[str]]) -> None:
    def away() -> list[str]:
        raise Unavailable('the database has not answered for 3 s')

    told = written(gate=away, jobs=lambda: ['none'])
    assert told[0].startswith('State of it, threads:\nThread ')
    assert told[1:] == ['State of it, gate:\nIt can not be told: the database has not answered for 3 s',
                        'State of it, jobs:\nnone', 'State of it: that is all']


def test_who_asks_while_it_is_written_gets_no_second_one(caplog: pytest.LogCaptureFixture) -> None:
    def ask_again() -> list[str]:
        dump.write()
        return ['none']

    dump = StateDump('it', {'jobs': ask_again})
    dump.write()
    told = [record.getMessage() for record in caplog.records]
    assert told[1:] == ['State of it, jobs:\nnone', 'State of it: that is all']


def test_what_is_secret_is_not_told_of_the_configuration() -> None:
    conf = cfg.ConfigOpts()
    conf.register_opts([cfg.StrOpt('dsn', secret=True), cfg.StrOpt('proxy'), cfg.StrOpt('admin_password'),
                        cfg.StrOpt('topic')])
    conf([])
    for name, value in (('dsn', 'hidden'), ('proxy', 'http://me:hidden@there:1/'),
                        ('admin_password', 'hidden'), ('topic', 'plain')):
        conf.set_override(name, value)
    told = '\n'.join(configuration(conf))
    assert 'hidden' not in told
    assert 'plain' in told
    assert 'http://***@there:1/' in told
