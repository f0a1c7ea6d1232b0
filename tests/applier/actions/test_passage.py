# SPDX-License-Identifier: Apache-2.0
"""A Nova that shows no record of a migration is read by what it shows of the server."""

from dataclasses import dataclass, field
from threading import Event

import pytest

from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.actions.passage import DONE, FAILED, LOOKS_FOR_RECORD, Passage
from watcher_py.cloud.compute_rows import MigrationNow, ServerNow
from watcher_py.core.errors import Refused


def server(host='cn1', status='ACTIVE', task_state=None):
    return ServerNow('web-0', 'web-0', host, status, 'active', task_state, False)


@dataclass
class NovaWithoutRecords:
    """Knows an old migration at most; shows these states of the server, the last for ever."""

    states: list[ServerNow]
    old: MigrationNow | None = None
    asked: list[str] = field(default_factory=list)

    def newest_migration(self, uuid):
        return self.old

    def server(self, uuid):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def passage(nova):
    return Passage(nova, 'web-0', 'cn1', Settings(interval=0, timeout=30), Event())


@pytest.mark.parametrize(('states', 'word'), [
    ([server()], 'error'),
    ([server('cn1', 'MIGRATING', 'migrating'), server('cn4')], 'completed'),
    ([server('cn1', 'MIGRATING', 'migrating'), server('cn1')], 'error'),
    ([server('cn1', 'RESIZE', 'resize_migrating'), server('cn4', 'VERIFY_RESIZE')], 'finished')])
@pytest.mark.parametrize('old', [None, MigrationNow(7, 'completed', 'live-migration', 'cn3', 'cn1')])
def test_the_server_tells_what_became_of_it(states, word, old):
    assert passage(NovaWithoutRecords(states, old)).follow(DONE | FAILED | {'finished'}, bool) == word


def test_a_record_that_comes_late_is_waited_for():
    nova = NovaWithoutRecords([server()])
    found = passage(nova)
    words = {found.status() for _ in range(LOOKS_FOR_RECORD)}
    nova.old = MigrationNow(8, 'running', 'live-migration', 'cn1', 'cn4')
    assert words == {'accepted'}
    assert found.status() == 'running'


def test_an_abort_is_tried_until_it_is_taken():
    nova = NovaWithoutRecords([server()])
    found = Passage(nova, 'web-0', 'cn1', Settings(interval=0, timeout=30), stopped := Event())
    stopped.set()
    nova.old = MigrationNow(8, 'queued', 'live-migration', 'cn1', 'cn4')
    tries = []

    def abort():
        tries.append(1)
        if len(tries) == 1:
            raise Refused('not yet')
        if len(tries) == 2:
            return False
        nova.old = MigrationNow(8, 'cancelled', 'live-migration', 'cn1', 'cn4')
        return True

    assert found.follow(DONE | FAILED, abort) == 'cancelled'
    assert len(tries) == 3
