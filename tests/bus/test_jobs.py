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
