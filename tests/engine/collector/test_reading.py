# SPDX-License-Identifier: Apache-2.0
"""A reading ends, whatever the cloud does, and claims no more than came."""

from dataclasses import replace
from threading import Event

import pytest

from tests.engine.collector.pictures import Cloud
from watcher_py.engine.collector.reading import Reader


@pytest.fixture
def cloud():
    cloud = Cloud('cn1', 'cn2')
    cloud.add('s1')
    return cloud


def test_what_is_there_is_read(cloud):
    assert cloud.reader().read() == cloud.picture()


def test_all_lists_are_asked_for_once_and_placement_after_the_servers(cloud):
    cloud.reader().read()
    assert sorted(cloud.asked) == sorted(['servers', 'hypervisors', 'services', 'aggregates', 'groups',
                                          'migrations', 'providers'])
    assert cloud.asked[-1] == 'providers'


def test_providers_of_bare_metal_are_not_asked_for(cloud):
    cloud.hypervisors[1] = replace(cloud.hypervisors[1], type='ironic')
    assert [provider.uuid for provider in cloud.reader().read().providers.rows] == ['u-cn1']


@pytest.mark.parametrize('what', ['servers', 'services', 'aggregates', 'migrations', 'providers'])
def test_a_list_that_does_not_come_in_time_is_missing(cloud, what):
    may_go_on = Event()
    cloud.before = lambda asked: may_go_on.wait(60) if asked == what else None
    nova, placement = cloud.sides()
    try:
        picture = Reader(nova, placement, patience=0.05).read()
    finally:
        may_go_on.set()
    assert getattr(picture, what).missing == f'{what}: no answer in 0 s'


def test_services_without_hypervisors_are_not_believed(cloud):
    cloud.hypervisors = []
    assert cloud.reader().read().hypervisors.missing == 'Nova lists no hypervisor'


def test_a_cloud_without_services_and_hypervisors_is_empty():
    assert Cloud().reader().read().is_whole
