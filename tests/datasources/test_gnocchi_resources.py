# SPDX-License-Identifier: Apache-2.0
"""Hosts and servers are known by the names that the cloud has for them."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.datasources.archived import OF_MEAN, gauge, gnocchi, need
from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.gnocchi_resources import KEPT_SECONDS, Resources
from watcher_py.datasources.gnocchi_site import Gate
from watcher_py.datasources.metric_map import Mapped
from watcher_py.datasources.web_site import WebSite


@pytest.fixture
def source(fake):
    return gnocchi(fake)


@pytest.mark.parametrize(('original', 'host_name', 'name'), [
    ('cn1_cn1', None, 'cn1'), ('cn_1_cn_1', 'other', 'cn_1'), ('cn1', None, 'cn1'),
    ('cn1_cn1.example.org', 'cn1', 'cn1'), ('cn1', 'snmp://10.0.0.1:161', 'cn1'), ('cn10', '', 'cn10')])
def test_a_host_is_known_by_its_id_or_its_name(fake, source, original, host_name, name):
    fake.add('host', original, archived=OF_MEAN, host_name=host_name, hardware_memory_used=gauge(1024))
    assert source.read(need(Metric.HOST_RAM)).values == {name: 1}


def test_hosts_are_found_in_each_type_that_ceilometer_has_for_them(fake, source):
    fake.resources['nova_compute'] = []
    fake.add('host', 'cn1_cn1', archived=OF_MEAN, compute_node_cpu_percent=gauge(10))
    fake.add('nova_compute', 'cn2_cn2', archived=OF_MEAN, compute_node_cpu_percent=gauge(20))
    assert source.read(need(Metric.HOST_CPU)).values == {'cn1': 10, 'cn2': 20}


def test_who_is_gone_is_not_asked_for(fake, source):
    fake.add('instance', 's1', memory_resident=gauge(1))
    fake.add('instance', 's2', memory_resident=gauge(2), ended_at='2023-11-14T00:00:00+00:00')
    assert source.read(need()).values == {'s1': 1}


def test_who_is_there_is_asked_again_after_a_while(fake):
    now = [0]
    gate = Gate(WebSite('gnocchi', fake.url))
    resources = Resources(gate, ['hardware.memory.used'], clock=lambda: now[0])
    assert resources.of('host') == ()
    fake.add('host', 'cn1', hardware_memory_used=[])
    now[0] = KEPT_SECONDS
    assert resources.of('host') == ()
    now[0] += 1
    assert [one.name(None) for one in resources.of('host')] == ['cn1']


def test_a_host_may_be_named_by_another_attribute(fake):
    fake.add('host', 'x', archived=OF_MEAN, host_name='cn1', hardware_memory_used=gauge(1024))
    fake.add('host', 'y', archived=OF_MEAN, hardware_memory_used=gauge(1024))
    source = gnocchi(fake, host_ram_usage=Mapped(name='hardware.memory.used', label='host_name'))
    assert source.read(need(Metric.HOST_RAM)).values == {'cn1': 1}


def test_who_waited_for_a_list_that_could_not_be_had_does_not_ask_again(fake):
    """Metrics are asked for at once: that Gnocchi is not there must not take the time of each in turn."""
    threads, moments, all_wait = 5, itertools.count(), Event()
    answer = fake.answer

    def clock():
        now = next(moments)
        if now == threads:              # each has come, and one has looked how old the list is
            all_wait.set()
        return now

    def answer_once_all_wait(*asked):
        assert all_wait.wait(60)
        return answer(*asked)

    fake.first, fake.answer = [(500, {})], answer_once_all_wait
    resources = Resources(Gate(WebSite('gnocchi', fake.url), Patience(1)), [], clock=clock)
    with ThreadPoolExecutor(threads) as pool:
        asked = [pool.submit(resources.of, 'host') for _ in range(threads)]
        assert [type(one.exception()) for one in asked] == [Unavailable] * threads
    assert len(fake.asked) == 1
    assert resources.of('host') == ()
