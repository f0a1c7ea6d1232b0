# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from tests.dashboard.plan.rows import move
from watcher_py.dashboard.plan.progress import progress_of
from watcher_py.dashboard.plan.request import ABORT, FORCE

NOW = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
ROW = {'state': 'ONGOING', 'failed': [],
       'by_state': {'PENDING': 3, 'SUCCEEDED': 4, 'ONGOING': 1, 'SKIPPED': 2},
       'running': [{**move('web'), 'begun_at': '2026-01-01T00:00:30+00:00'}]}


def nobody(rule):
    return False


def running(**values):
    [found] = progress_of({**ROW, 'running': [{**move('web'), 'begun_at': None, **values}]}, NOW,
                          {'action:abort', 'action:force_complete'}.__contains__).running
    return found


def test_what_is_done_comes_first_and_what_is_left_out_last():
    progress = progress_of(ROW, NOW, nobody)
    assert progress.counts == [('SUCCEEDED', 4), ('ONGOING', 1), ('PENDING', 3), ('SKIPPED', 2)]
    assert (progress.ended, progress.total) == (6, 10)


def test_what_runs_is_told_with_its_time():
    [running] = progress_of(ROW, NOW, nobody).running
    assert running.deed.sentence == 'web moves from a to b, while it runs'
    assert running.seconds == 30


def test_a_plan_has_ended_in_a_state_that_it_never_leaves():
    assert not progress_of(ROW, NOW, nobody).has_ended
    assert not progress_of({**ROW, 'state': 'CANCELLING'}, NOW, nobody).has_ended
    assert progress_of({**ROW, 'state': 'FAILED'}, NOW, nobody).has_ended


def test_a_live_migration_can_be_aborted_or_forced_by_who_may():
    assert running().requests == [ABORT, FORCE]
    assert progress_of(ROW, NOW, nobody).running[0].requests == []
    assert progress_of(ROW, NOW, 'action:abort'.__eq__).running[0].requests == [ABORT]


def test_nothing_is_asked_of_other_actions():
    assert running(action_type='nop').requests == []
    assert running(input_parameters={'migration_type': 'cold', 'resource_name': 'web'}).requests == []


def test_what_was_asked_is_told_and_is_not_asked_again():
    assert (running(wish='force_complete').asked, running(wish='force_complete').requests) == (
        'is being forced to its end', [ABORT])
    assert (running(wish='abort').asked, running(wish='abort').requests) == ('is being aborted', [])
