# SPDX-License-Identifier: Apache-2.0
"""Jobs wait for a thread, once each."""

from queue import Queue
from threading import Event
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from watcher_py import conf as options
from watcher_py.bus.jobs import Jobs
from watcher_py.db.store import Store

PATIENCE = 20


@pytest.fixture
def conf() -> ConfigOpts:
    conf = ConfigOpts()
    options.register(conf)
    conf([], default_config_files=[], default_config_dirs=[])
    return conf


def test_a_job_that_waits_is_not_queued_twice_but_one_that_runs_is(store: Store, conf: ConfigOpts) -> None:
    begun, may_go_on, done = Event(), Event(), Queue[str]()

    def carry_out(uuid: str) -> None:
        begun.set()
        may_go_on.wait(PATIENCE)
        done.put(uuid)

    jobs = Jobs(f'jobs {uuid4()}', store, conf, 1, carry_out)
    jobs.submit('first')
    assert begun.wait(PATIENCE)
    for uuid in ('first', 'second', 'first', 'second', 'third'):
        jobs.submit(uuid)
    may_go_on.set()
    assert [done.get(timeout=PATIENCE) for _ in range(4)] == ['first', 'first', 'second', 'third']
    jobs.stop()
    assert done.empty()


def test_what_is_to_be_done_at_once_waits_for_no_thread(store: Store, conf: ConfigOpts) -> None:
    may_go_on, done = Event(), Event()
    jobs = Jobs(f'jobs {uuid4()}', store, conf, 1, lambda uuid: bool(may_go_on.wait(PATIENCE)) or None)
    jobs.submit('first')
    jobs.submit('second')
    jobs.at_once('third', done.set)
    assert done.wait(PATIENCE)
    assert jobs.waiting >= 1
    may_go_on.set()
    jobs.stop()


def test_what_waits_is_not_begun_any_more_and_what_runs_gets_so_long(store: Store, conf: ConfigOpts) -> None:
    begun, may_go_on, done = Event(), Event(), Queue[str]()

    def carry_out(uuid: str) -> None:
        begun.set()
        may_go_on.wait(PATIENCE)
        done.put(uuid)

    jobs = Jobs(f'jobs {uuid4()}', store, conf, 1, carry_out)
    jobs.submit('first')
    assert begun.wait(PATIENCE)
    jobs.submit('second')
    jobs.close()
    for uuid in ('third', 'fourth'):
        jobs.submit(uuid)
    jobs.at_once('fifth', lambda: done.put('fifth'))
    assert (jobs.running, jobs.waiting) == (1, 0)
    assert not jobs.drained(0)
    may_go_on.set()
    assert jobs.drained(PATIENCE)
    jobs.stop()
    assert [done.get_nowait()] == ['first']
    assert done.empty()


def test_a_job_that_fails_ends_nothing_else(store: Store, conf: ConfigOpts) -> None:
    done = Event()

    def carry_out(uuid: str) -> None:
        if uuid == 'first':
            raise ValueError('ours')
        done.set()

    jobs = Jobs(f'jobs {uuid4()}', store, conf, 1, carry_out)
    jobs.submit('first')
    jobs.submit('second')
    assert done.wait(PATIENCE)
    jobs.stop()
    assert jobs.running == 0
