# SPDX-License-Identifier: Apache-2.0
"""Prometheus is told how well the engine sees the cloud."""

import math

from tests.engine.collector.nova_says import picture
from watcher_py.bus.notice import Notice
from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.events import Applied
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.health import Health


def test_what_there_is_no_picture_of_is_unknown():
    now = [1000.0]
    health = Health(clock=lambda: now[0])
    for name in ('watcher_picture_age_seconds', 'watcher_frozen_hosts', 'watcher_gaps'):
        assert math.isnan(health.registry.get_sample_value(name))
    health.shows(frozen_hosts=2, gaps=1, taken=990.0)
    now[0] = 1005.0
    value = health.registry.get_sample_value
    assert value('watcher_picture_age_seconds') == 15
    assert (value('watcher_frozen_hosts'), value('watcher_gaps')) == (2, 1)


def test_reads_are_told_by_their_kind():
    health = Health()
    health.read('full', 4.5)
    health.read('delta', 0.5)
    health.failed('delta')
    value = health.registry.get_sample_value
    assert value('watcher_read_seconds', {'kind': 'full'}) == 4.5
    assert value('watcher_reads_total', {'kind': 'delta', 'result': 'good'}) == 1
    assert value('watcher_reads_total', {'kind': 'delta', 'result': 'failed'}) == 1


def test_drift_is_told_as_it_was_found_last():
    health = Health()
    health.drifted(Drift(servers_misplaced=3, hosts_different=1))
    health.drifted(Drift(hosts_different=2))
    value = health.registry.get_sample_value
    assert value('watcher_drift', {'what': 'servers_misplaced'}) == 0
    assert value('watcher_drift', {'what': 'hosts_different'}) == 2


def test_events_are_counted_by_what_became_of_them():
    health = Health()
    for _ in range(2):
        health.told(Applied(picture(), frozenset({'new'}), applied=5, dropped=2))
    value = health.registry.get_sample_value
    counts = {result: value('watcher_events_total', {'result': result})
              for result in ('applied', 'dropped', 'unknown')}
    assert counts == {'applied': 10, 'dropped': 4, 'unknown': 2}


def test_feeds_tell_of_themselves():
    health, nova, cinder = Health(), Feed(lambda notice: notice.payload, clock=lambda: 77.0), Feed(int)
    health.hears('nova', nova)
    health.hears('cinder', cinder)
    nova.hear(Notice('nova-compute:cn1', 'instance.lock', 1, 0.0))
    cinder.hear(Notice('volume.cn1', 'volume.create.end', 1, 0.0))
    value = health.registry.get_sample_value
    assert value('watcher_notifications_heard_total', {'service': 'nova'}) == 1
    assert value('watcher_notifications_waiting', {'service': 'nova'}) == 1
    assert value('watcher_notifications_last_timestamp_seconds', {'service': 'nova'}) == 77
    assert value('watcher_notifications_malformed_total', {'service': 'cinder'}) == 1


def test_an_engine_is_blind_from_a_read_that_failed_to_one_that_did_not():
    health = Health()
    assert health.blind() is None
    health.failed('full')
    assert health.blind() == 'the last read has brought nothing'
    health.read('full', 1.0)
    assert health.blind() is None


def test_a_state_dump_tells_the_figures_of_now():
    health, nova = Health(clock=lambda: 1005.0), Feed(int)
    health.hears('nova', nova)
    health.shows(frozen_hosts=2, gaps=1, taken=990.0)
    health.read('full', 4.5)
    lines = list(health.lines())
    assert {'watcher_picture_age_seconds: 15', 'watcher_read_seconds (full): 4.5',
            'watcher_reads_total (full, good): 1', 'watcher_notifications_waiting (nova): 0'} <= set(lines)
    assert not [line for line in lines if '_created' in line]


def test_two_engines_in_one_process_keep_their_own():
    one, two = Health(), Health()
    one.shows(5, 0, 0.0)
    assert math.isnan(two.registry.get_sample_value('watcher_frozen_hosts'))
