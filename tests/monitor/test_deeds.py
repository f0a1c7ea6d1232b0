# SPDX-License-Identifier: Apache-2.0
"""How deeds end, how long they take and what the solver needs are counted."""

from watcher_py.monitor.deeds import Deeds


def test_deeds_are_counted_by_what_they_are_and_how_they_ended() -> None:
    deeds = Deeds()
    for seconds in (2.0, 40.0):
        deeds.ended('action', 'migrate', 'SUCCEEDED', seconds)
    deeds.ended('action', 'migrate', 'FAILED', 900.0)
    value = deeds.registry.get_sample_value
    good = {'noun': 'action', 'type': 'migrate', 'state': 'SUCCEEDED'}
    assert value('watcher_deed_seconds_count', good) == 2
    assert value('watcher_deed_seconds_sum', good) == 42
    assert value('watcher_deed_seconds_bucket', {**good, 'le': '3.0'}) == 1
    assert value('watcher_deed_seconds_count', {**good, 'state': 'FAILED'}) == 1


def test_the_gap_of_the_last_plan_is_told_where_there_is_a_bound() -> None:
    deeds = Deeds()
    deeds.solved('workload_balance', 0.2, 0.05)
    deeds.solved('workload_balance', 0.4, 0.01)
    deeds.solved('dummy', 0.1, None)
    value = deeds.registry.get_sample_value
    assert value('watcher_solver_gap', {'strategy': 'workload_balance'}) == 0.01
    assert value('watcher_solver_gap', {'strategy': 'dummy'}) is None
    assert value('watcher_solver_seconds_count', {'strategy': 'workload_balance'}) == 2


def test_two_services_in_one_process_keep_their_own() -> None:
    one, two = Deeds(), Deeds()
    one.ended('audit', 'ONESHOT', 'SUCCEEDED', 1.0)
    assert two.registry.get_sample_value('watcher_deed_seconds_count', {
        'noun': 'audit', 'type': 'ONESHOT', 'state': 'SUCCEEDED'}) is None
