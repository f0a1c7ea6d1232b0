# SPDX-License-Identifier: Apache-2.0
"""What is kept of the cloud is as true and as new as was asked for, at few calls."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from tests.engine.collector.pictures import Cloud
from watcher_py.cloud.compute_rows import HostAggregate
from watcher_py.core.errors import Unavailable
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.nova_notices import AggregateTold, ServerTold, ServiceTold

PERIOD = 3600
# By Nova's clock, long after the readings of a test begin by ours: notifications tell what is to come.
LATER = '2100-01-01T00:00:00Z'


class Watch:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Watch()


def collector(cloud, clock, feed=None):
    return ComputeCollector(cloud.reader(), PERIOD, feed, clock=clock)


def test_the_first_reading_is_whole_and_the_next_brings_what_has_changed(clock):
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1', 'cn1', updated='2026-11-21T11:00:00Z')
    cloud.add('s2', 'cn1')
    cloud.add('s3', 'cn1')
    seen = collector(cloud, clock)
    assert seen.newest(0).cluster.servers.uuid == ('s1', 's2', 's3')
    clock.now += 1
    # s1 is not said to have changed: it isn't asked for.
    cloud.servers = [replace(cloud.servers[0], name='other'),
                     replace(cloud.servers[1], host='cn2', hypervisor='cn2.x', updated=LATER),
                     replace(cloud.servers[2], is_deleted=True, updated=LATER)]
    cloud.add('s4', 'cn2', updated=LATER)
    cluster = seen.newest(0).cluster
    assert cluster.servers.uuid == ('s1', 's2', 's4')
    assert [cluster.nodes.name[node] for node in cluster.servers.node] == ['cn1', 'cn2', 'cn2']
    assert cluster.servers.name[0] == 'web'
    assert cloud.readings == ['servers', 'servers since 2026-11-21T11:58:00Z']


def test_changes_are_asked_for_from_before_the_last_reading_though_nova_is_ahead_of_us(clock):
    cloud = Cloud('cn1')
    cloud.add('s1', updated=LATER)
    seen = collector(cloud, clock)
    seen.newest(0)
    clock.now += 1
    seen.newest(0)
    assert 'servers since 2026' < cloud.readings[1] < f'servers since {LATER}'


def test_the_newest_is_kept_until_it_is_too_old(clock):
    seen = collector(Cloud('cn1'), clock)
    first = seen.newest(60)
    clock.now += 60
    assert seen.newest(60) is first
    assert seen.newest(59) is not first


def test_after_a_period_all_is_read_again(clock):
    cloud = Cloud('cn1')
    seen = collector(cloud, clock)
    for _ in range(3):
        seen.newest(0)
        clock.now += PERIOD / 2 + 1
    assert [' since ' in reading for reading in cloud.readings] == [False, True, False]


def test_who_keeps_up_reads_only_what_somebody_asked_for_and_only_once_a_period(clock):
    cloud = Cloud('cn1')
    seen = collector(cloud, clock)
    seen.keep_up()
    assert cloud.readings == []
    seen.newest(0)
    clock.now += PERIOD
    seen.keep_up()
    assert len(cloud.readings) == 1
    clock.now += 1
    seen.keep_up()
    assert cloud.readings == ['servers', 'servers']


def test_many_who_ask_at_once_cause_one_reading(clock):
    cloud, together = Cloud('cn1'), Barrier(8)
    seen = collector(cloud, clock)

    def ask(_):
        together.wait()
        return seen.newest(60)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(cloud.readings) == 1
    assert all(each is found[0] for each in found)


# What could not be read.

def test_where_nothing_is_known_at_all_nothing_is_made_up(clock):
    cloud = Cloud('cn1')
    cloud.missing['hypervisors'], cloud.hypervisors = 'hypervisors: Nova does not answer', []
    seen = collector(cloud, clock)
    with pytest.raises(Unavailable, match='Nova does not answer'):
        seen.newest(0)


def test_hypervisors_that_are_not_listed_any_more_stay_and_are_frozen(clock):
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1')
    seen = collector(cloud, clock)
    seen.newest(0)
    clock.now += 1
    cloud.hypervisors = []
    found = seen.newest(0)
    assert found.cluster.nodes.name == ('cn1', 'cn2')
    assert found.cluster.servers.uuid == ('s1',)
    assert not found.cluster.nodes.known.any()
    assert 'Nova lists no hypervisor' in found.gaps[0]


def test_a_hypervisor_that_a_broken_list_lacks_is_frozen_and_the_others_are_not(clock):
    cloud = Cloud('cn1', 'cn2')
    seen = collector(cloud, clock)
    seen.newest(0)
    clock.now += 1
    del cloud.hypervisors[0]
    cloud.missing['hypervisors'] = 'hypervisors: half a page'
    assert seen.newest(0).cluster.nodes.known.tolist() == [False, True]


def test_a_server_whose_sizes_were_not_told_is_read_again_though_it_has_not_changed(clock):
    cloud = Cloud('cn1')
    cloud.add('s1', updated='2026-11-21T11:00:00Z')
    cloud.add('s2')
    sized, cloud.servers = cloud.servers, [replace(cloud.servers[0], is_sized=False), cloud.servers[1]]
    seen = collector(cloud, clock)
    assert not seen.newest(0).cluster.nodes.known.any()
    clock.now += 1
    cloud.servers = sized
    assert seen.newest(0).cluster.nodes.known.all()


@pytest.mark.parametrize('part', ['aggregates', 'groups'])
def test_what_bound_servers_before_stands_in_and_all_is_frozen(part, clock):
    cloud = Cloud('cn1', 'cn2')
    seen = collector(cloud, clock)
    seen.newest(0)
    clock.now += 1
    cloud.missing[part] = f'{part}: boom'
    assert not seen.newest(0).cluster.nodes.known.any()
    clock.now += 1
    cloud.missing.clear()
    found = seen.newest(0)
    assert (found.cluster.nodes.known.all(), found.gaps) == (True, ())


def test_servers_whose_changes_did_not_come_stand_in_where_nobody_has_come(clock):
    cloud = Cloud('cn1', 'cn2', 'cn3')
    for host in ('cn1', 'cn2', 'cn3'):
        cloud.add(f'on-{host}', host)
    seen = collector(cloud, clock)
    seen.newest(0)
    clock.now += 1
    cloud.missing['servers'] = 'servers: boom'
    # On cn2 another one of the same size stands now, cn3 has been emptied.
    cloud.servers = [cloud.servers[0], replace(cloud.servers[1], uuid='new', host='cn2')]
    cloud.generations['u-cn2'] = 2
    shown = []
    cloud.before = lambda what: shown.append(cloud.servers) or setattr(
        cloud, 'servers', [] if what == 'servers' else shown[0])
    found = seen.newest(0)
    assert found.cluster.nodes.known.tolist() == [True, False, False]
    assert found.cluster.servers.uuid == ('on-cn1', 'on-cn3')


def test_after_servers_went_missing_all_are_read_again(clock):
    cloud = Cloud('cn1')
    seen = collector(cloud, clock)
    for missing in ({}, {'servers': 'servers: boom'}, {}, {}):
        cloud.missing = missing
        seen.newest(0)
        clock.now += 1
    assert [' since ' in reading for reading in cloud.readings] == [False, True, False, True]


def test_a_reading_of_which_nothing_came_leaves_the_kept_one_for_who_accepts_its_age(clock):
    cloud = Cloud()
    seen = collector(cloud, clock)
    first = seen.newest(60)
    clock.now += 100
    cloud.missing['hypervisors'] = 'hypervisors: boom'
    with pytest.raises(Unavailable):
        seen.newest(60)
    assert seen.newest(1000) is first


def test_a_gap_is_logged_once_while_it_lasts(clock, caplog):
    cloud = Cloud('cn1')
    cloud.missing['migrations'] = 'migrations: boom'
    seen = collector(cloud, clock)
    for _ in range(3):
        seen.newest(0)
        clock.now += 1
    assert caplog.text.count('migrations: boom') == 1


# What is heard.

@pytest.fixture
def feed():
    return Feed(lambda event: event)


def told(server, **changes):
    return ServerTold(sent=1e12, server=replace(server, updated=LATER, **changes), is_final=False,
                      is_vague=False)


def test_what_is_heard_of_shows_without_a_call(clock, feed):
    cloud = Cloud('cn1')
    cloud.add('s1')
    seen = collector(cloud, clock, feed)
    seen.newest(60)
    feed.hear(told(cloud.servers[0], locked=True))
    assert seen.newest(60).cluster.servers.locked.tolist() == [True]
    assert len(cloud.readings) == 1


def test_what_is_heard_before_the_first_reading_is_in_it(clock, feed):
    cloud = Cloud('cn1')
    cloud.add('s1')
    feed.hear(told(cloud.servers[0], name='old'))
    assert collector(cloud, clock, feed).newest(0).cluster.servers.name == ('web',)


@pytest.mark.parametrize('since', [False, True])
def test_what_is_heard_while_the_cloud_is_read_is_not_lost(since, clock, feed):
    cloud = Cloud('cn1')
    cloud.add('s1')
    seen = collector(cloud, clock, feed)
    if since:
        seen.newest(0)
        clock.now += 1

    # By then the servers are read: the reading doesn't bring the news.
    news = told(cloud.servers[0], locked=True)
    cloud.before = lambda what: feed.hear(news) if what == 'providers' else None
    assert seen.newest(0).cluster.servers.locked.tolist() == [True]


def test_what_is_heard_while_nothing_can_be_read_shows_to_who_accepts_its_age(clock, feed):
    cloud = Cloud()
    seen = collector(cloud, clock, feed)
    seen.newest(0)
    clock.now += 10
    cloud.missing['hypervisors'] = 'hypervisors: boom'
    news = AggregateTold(1e12, HostAggregate(1, 'ssd', (), {}), False)
    cloud.before = lambda what: feed.hear(news) if what == 'providers' else None
    with pytest.raises(Unavailable):
        seen.newest(0)
    assert [one.name for one in seen.newest(60).cluster.aggregates] == ['ssd']


def test_a_server_that_is_only_told_of_is_read_soon(clock, feed):
    cloud = Cloud('cn1')
    seen = collector(cloud, clock, feed)
    seen.newest(60)
    cloud.add('new', updated=LATER)
    feed.hear(told(cloud.servers[0]))
    clock.now += 1
    assert seen.newest(60).cluster.servers.uuid == ()
    clock.now += 2
    assert seen.newest(60).cluster.servers.uuid == ('new',)
    clock.now += 10
    seen.newest(60)
    assert len(cloud.readings) == 2


def test_after_more_was_heard_than_could_be_kept_all_is_read_again(clock):
    cloud, feed = Cloud('cn1'), Feed(lambda event: event, limit=1)
    cloud.add('s1')
    seen = collector(cloud, clock, feed)
    seen.newest(60)
    for _ in range(2):
        feed.hear(told(cloud.servers[0], locked=True))
    seen.newest(60)
    assert cloud.readings == ['servers', 'servers']


def test_a_disabled_service_is_heard_of(clock, feed):
    cloud = Cloud('cn1')
    seen = collector(cloud, clock, feed)
    seen.newest(60)
    feed.hear(ServiceTold(1e12, replace(cloud.services[0], enabled=False, disabled_reason='fan'), False))
    nodes = seen.newest(60).cluster.nodes
    assert (nodes.enabled.tolist(), nodes.disabled_reason) == ([False], ('fan',))


def test_the_drift_is_what_no_notification_told(clock, feed, caplog):
    caplog.set_level('INFO')
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1', 'cn1')
    cloud.add('s2', 'cn1')
    seen = collector(cloud, clock, feed)
    seen.newest(0)
    cloud.servers = [replace(one, host='cn2', hypervisor='cn2.x', updated=LATER) for one in cloud.servers]
    feed.hear(told(cloud.servers[0]))
    clock.now += PERIOD + 1
    seen.keep_up()
    assert 'servers misplaced: 1' in caplog.text
