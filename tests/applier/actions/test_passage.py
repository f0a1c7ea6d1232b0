# SPDX-License-Identifier: Apache-2.0
"""A Nova that shows no record of a migration is read by what it shows of the server."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from watcher_py.applier.actions.contract import Cloud, Run, Settings
from watcher_py.applier.actions.passage import LIVE, LOOKS_FOR_RECORD, UNHEARD, Passage, Route
from watcher_py.applier.traffic import DONE, FAILED, Traffic
from watcher_py.cloud.compute_rows import MigrationNow, ServerNow
from watcher_py.core.errors import Refused, TakenOver

OLD = MigrationNow(7, 'completed', LIVE, 'cn3', 'cn1', 'web-0', '2026-01-01T00:00:00')


def server(host='cn1', status='ACTIVE', task_state=None):
    return ServerNow('web-0', 'web-0', host, status, 'active', task_state, False)


def record(status, number=8, source='cn1', target='cn4', kind=LIVE):
    return MigrationNow(number, status, kind, source, target, 'web-0', '2026-01-02T00:00:00',
                        '2026-01-02T00:00:00')


@dataclass
class NovaWithFewRecords:
    """Knows an old migration at most; shows these states of the server, the last for ever."""

    states: list[ServerNow]
    records: list[MigrationNow] = field(default_factory=list)
    aborts: list[int] = field(default_factory=list)

    def migrations_of(self, uuid):
        return self.records

    def migrations_since(self, moment):
        return self.records

    def server(self, uuid):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def abort_live_migration(self, uuid, number):
        self.aborts.append(number)
        if len(self.aborts) == 1:
            raise Refused('not yet')
        self.records = [record('cancelled')]


def passage(nova, former=None, run=None, **how):
    settings = Settings(interval=0, timeout=30, **how)
    nothing: Any = None
    cloud = Cloud(nova, nothing, nothing, Traffic(nova, 0))
    return Passage(Route('web-0', 'web-0', LIVE, 'cn1', 'cn4'), former, cloud, settings, run or Run())


@pytest.mark.parametrize(('states', 'word'), [
    ([server()], UNHEARD),
    ([server('cn1', 'MIGRATING', 'migrating'), server('cn4')], 'completed'),
    ([server('cn1', 'MIGRATING', 'migrating'), server('cn1')], UNHEARD),
    ([server('cn1', 'RESIZE', 'resize_migrating'), server('cn4', 'VERIFY_RESIZE')], 'finished')])
@pytest.mark.parametrize('old', [None, OLD])
def test_the_server_tells_what_became_of_it(states, word, old):
    nova = NovaWithFewRecords(states, [old] if old else [])
    found = passage(nova, old and old.birth)
    assert found.follow(DONE | FAILED | {'finished', UNHEARD}) == word


def test_a_record_that_comes_late_is_waited_for():
    nova = NovaWithFewRecords([server()], [OLD])
    found = passage(nova, OLD.birth)
    words = {found.status() for _ in range(LOOKS_FOR_RECORD)}
    nova.records.append(record('running'))
    assert words == {'accepted'}
    assert found.status() == 'running'


def test_the_first_that_fits_the_route_is_followed_whatever_comes_after_it():
    nova = NovaWithFewRecords([server()], [
        OLD, record('running', 8, target='cn3'), record('running', 9, kind='evacuation'),
        record('completed', 10), record('running', 11)])
    assert passage(nova, OLD.birth).follow(DONE | FAILED) == 'completed'


def test_a_record_whose_target_nova_has_not_chosen_yet_fits():
    nova = NovaWithFewRecords([server()], [record('error', target=None)])
    assert passage(nova).follow(DONE | FAILED) == 'error'


def test_an_abort_is_tried_until_it_is_taken():
    nova = NovaWithFewRecords([server()])
    found = passage(nova, run=(run := Run()))
    run.stop.set()
    nova.records = [record('queued')]
    assert found.follow(DONE | FAILED) == 'cancelled'
    assert nova.aborts == [8, 8]
    assert found.is_aborted


def test_what_another_process_has_taken_over_is_not_followed():
    found = passage(NovaWithFewRecords([server()], [record('running')]), run=(run := Run()))
    run.lost.set()
    with pytest.raises(TakenOver):
        found.follow(DONE | FAILED)


def test_nothing_is_stopped_that_another_process_has_taken_over():
    def guard():
        raise TakenOver('gone')

    nova = NovaWithFewRecords([server()], [record('running')])
    run = Run(guard=guard)
    run.stop.set()
    with pytest.raises(TakenOver):
        passage(nova, run=run).follow(DONE | FAILED)
    assert nova.aborts == []
