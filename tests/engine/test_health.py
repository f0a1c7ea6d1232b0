# SPDX-License-Identifier: Apache-2.0
"""An engine tells what it sees the cloud and its load with, and how well."""

import time
from typing import Any

from watcher_py.bus.notice import Notice
from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric
from watcher_py.datasources.configured import Sources
from watcher_py.engine import health
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.present import Present


def told(desk: Any, *conditions: Condition, sources: Sources | None = None) -> Any:
    desk.collector.told = list(conditions)
    present = Present(desk.collector, desk.tools.sources if sources is None else sources)
    return health.told(present, desk.tools.strategies, 'me')


def test_each_part_is_told_with_what_is_wrong_with_it(desk: Any) -> None:
    feed: Feed[str] = Feed(lambda notice: notice.type, clock=lambda: 60.0)
    feed.hear(Notice('compute', 'instance.update', {}, 60.0))
    answer = told(
        desk,
        Condition('compute', time.time() - 30, frozen=('cn1',), gaps=('boom',), drift=Drift(2), feed=feed),
        Condition('storage', why_blind='storage: Cinder does not answer'))
    assert answer['engine'] == 'me'
    compute, storage = answer['collectors']
    assert compute['age_s'] >= 30
    assert (compute['frozen'], compute['gaps'], compute['is_blind']) == (['cn1'], ['boom'], False)
    assert compute['drift']['servers_missing'] == 2
    assert compute['notifications'] == {
        'heard': 1, 'malformed': 0, 'waiting': 1, 'last_at': '1970-01-01T00:01:00+00:00'}
    assert (storage['age_s'], storage['is_blind'], storage['why'], storage['notifications']) == (
        None, True, 'storage: Cinder does not answer', None)


def test_each_source_tells_how_much_it_knows_of_what_strategies_go_by(
        desk: Any, make_desk: Any, make_strategy: Any) -> None:
    desk = make_desk(make_strategy(metrics=(Metric.INSTANCE_CPU, Metric.HOST_CPU)))
    [source] = told(desk)['datasources']
    assert (source['name'], source['is_there'], source['why']) == (
        'prometheus', True, 'prometheus does not answer')
    assert source['metrics'] == [
        {'metric': 'host_cpu_usage', 'is_there': False, 'newest_age_s': None, 'known': 0, 'of': 3,
         'why': 'prometheus does not answer'},
        {'metric': 'instance_cpu_usage', 'is_there': True, 'newest_age_s': None, 'known': 3, 'of': 3,
         'why': None}]


def test_without_a_source_there_is_none_to_tell_of(desk: Any) -> None:
    assert told(desk, sources=Sources())['datasources'] == []


def test_where_the_cloud_is_not_seen_sources_tell_what_they_have(desk: Any) -> None:
    def fail() -> None:
        raise Unavailable('nothing is known of the cloud')

    desk.collector.before = fail
    [source] = told(desk)['datasources']
    assert [(row['is_there'], row['known'], row['of']) for row in source['metrics']] == [(True, 0, 0)]
