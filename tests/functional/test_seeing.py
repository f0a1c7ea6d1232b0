# SPDX-License-Identifier: Apache-2.0
"""Seconds after Nova has notified of it, the real cloud is seen as the plain `openstack` command tells it."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from kombu import Connection
from oslo_config.cfg import ConfigOpts

from tests.functional.conftest import PASSWORD, wait_for
from tests.functional.plain_reading import as_plain, differences, plain
from watcher_py import conf as options
from watcher_py.bus import listener
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core import document
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.nova_notices import understand
from watcher_py.engine.collector.reading import Reader

pytestmark = pytest.mark.openstack

LAW = 5.0                   # seconds from a notification to a picture that knows of it
FOR_EVER = 1e9
NAMES = ('locked', 'stopped', 'paused', 'live', 'cold', 'resized', 'shelved', 'deleted')


class CountingReader(Reader):
    """Knows how often it has read the cloud."""

    reads = 0

    def read(self, *how):
        self.reads += 1
        return super().read(*how)


@dataclass
class Eyes:
    """A collector that hears Nova's notifications, as an engine's does, and reads no more than it must."""

    stack: object
    connection: object
    reader: CountingReader
    collector: ComputeCollector

    def check(self):
        """What is seen is what is there: by notifications, through the service, and by a full read."""
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(plain, self.stack)
            began, seen = time.monotonic(), None
            while time.monotonic() < began + LAW:
                seen = self.collector.newest(FOR_EVER)
                time.sleep(0.2)
            there = reading.result()
        assert differences(as_plain(seen.cluster), there) == []
        assert seen.gaps == ()
        assert differences(as_plain(self._served()), there) == []
        anew = ComputeCollector(Reader(Compute(self.connection), Placement(self.connection))).newest(0)
        assert differences(as_plain(anew.cluster), there) == []

    def _served(self):
        cloud = self.stack.cloud
        # The catalog that came with the session's token is older than the service.
        service = next(cloud.identity.services(type='infra-optim'))
        [endpoint] = cloud.identity.endpoints(service_id=service.id, interface='public')
        return document.read(cloud.session.get(f'{endpoint.url}/v2/cluster').json()).cluster


@pytest.fixture(scope='module')
def eyes(stack, watcher, tmp_path_factory):
    file = tmp_path_factory.mktemp('seeing') / 'watcher.conf'
    host = f'seeing-{uuid.uuid4()}'
    bus = '//guest:guest@127.0.0.1:5672/'
    file.write_text(f'[DEFAULT]\nhost = {host}\ntransport_url = rabbit:{bus}\n')
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)])
    connection = connect_with(
        {'auth_url': stack.environment['OS_AUTH_URL'], 'username': 'admin', 'password': PASSWORD,
         'project_name': 'admin', 'user_domain_id': 'default', 'project_domain_id': 'default'},
        stack.environment['OS_REGION_NAME'])
    feed = Feed(understand)
    reader = CountingReader(Compute(connection), Placement(connection))
    listening = listener.connect(conf, {'nova-': feed.hear})
    listening.start()
    wait_for('the queue of notifications', lambda: _listens(bus, host))
    yield Eyes(stack, connection, reader, ComputeCollector(reader, FOR_EVER, feed))
    listening.stop()
    with Connection(f'amqp:{bus}') as rabbit:
        rabbit.channel().queue_delete(f'watcher.{host}')


def _listens(bus, host):
    with Connection(f'amqp:{bus}') as rabbit:
        try:
            return rabbit.channel().queue_declare(f'watcher.{host}', passive=True).consumer_count
        except rabbit.channel_errors:
            return 0


@pytest.fixture(scope='module')
def servers(stack, eyes):
    """Of our own, one of them in a group; what is seen was read before they were there."""
    compute = stack.cloud.compute
    group = compute.create_server_group(name='seen', policy='soft-affinity').id
    eyes.collector.newest(0)
    flavor, image = _id(compute.find_flavor, 'tiny'), _id(stack.cloud.image.find_image, 'blank')
    made = {name: compute.create_server(
        name=f'seen-{name}', flavor_id=flavor, image_id=image, networks='none',
        **({'scheduler_hints': {'group': group}} if name == 'locked' else {})).id for name in NAMES}
    wait_for('the servers', lambda: _all_are(stack, made, dict.fromkeys(NAMES, 'ACTIVE')))
    yield made
    for server in made.values():
        compute.delete_server(server)


def _id(find, name):
    return find(name, ignore_missing=False).id


def _all_are(stack, servers, statuses):
    """Whether each has its status, and nothing is at work on it."""
    found = {row.id: row for row in stack.cloud.compute.servers(all_projects=True)}
    return all(servers[name] not in found if status is None else
               (found[servers[name]].status, found[servers[name]].task_state) == (status, None)
               for name, status in statuses.items())


def test_new_servers(eyes, servers):
    eyes.check()


def test_states_services_aggregates_and_groups_are_seen_without_a_call(stack, eyes, servers):
    compute = stack.cloud.compute
    reads = eyes.reader.reads
    compute.lock_server(servers['locked'])
    compute.stop_server(servers['stopped'])
    compute.pause_server(servers['paused'])
    [service] = compute.services(binary='nova-compute', host='host4')
    compute.disable_service(service, disabled_reason='a broken fan')
    ssd = _id(compute.find_aggregate, 'ssd')
    compute.add_host_to_aggregate(ssd, 'host2')
    compute.set_aggregate_metadata(ssd, disk='nvme', fast='yes')
    made = compute.create_aggregate(name='made')
    compute.add_host_to_aggregate(made, 'host4')
    [old] = [one for one in compute.server_groups() if one.name == 'seen']
    compute.delete_server_group(old)
    group = compute.create_server_group(name='newer', policy='anti-affinity')
    try:
        wait_for('the states', lambda: _all_are(
            stack, servers, {'stopped': 'SHUTOFF', 'paused': 'PAUSED'}))
        eyes.check()
        assert eyes.reader.reads == reads
    finally:
        compute.delete_server_group(group)
        compute.remove_host_from_aggregate(made, 'host4')
        compute.delete_aggregate(made)
        compute.remove_host_from_aggregate(ssd, 'host2')
        compute.set_aggregate_metadata(ssd, disk='ssd', fast=None)
        compute.enable_service(service)


def test_moves_sizes_and_deletions(stack, eyes, servers):
    compute = stack.cloud.compute
    at = compute.get_server(servers['live']).compute_host
    compute.live_migrate_server(servers['live'], host='host1' if at == 'host2' else 'host2',
                                block_migration='auto')
    compute.migrate_server(servers['cold'])
    compute.resize_server(servers['resized'], _id(compute.find_flavor, 'small'))
    compute.shelve_server(servers['shelved'])
    compute.delete_server(servers['deleted'])
    wait_for('the moves', lambda: _all_are(stack, servers, {
        'live': 'ACTIVE', 'cold': 'VERIFY_RESIZE', 'resized': 'VERIFY_RESIZE',
        'shelved': 'SHELVED_OFFLOADED', 'deleted': None}))
    assert compute.get_server(servers['live']).compute_host != at
    eyes.check()
    for name in ('cold', 'resized'):
        compute.confirm_server_resize(servers[name])
    wait_for('the confirmations', lambda: _all_are(stack, servers, dict.fromkeys(
        ('cold', 'resized'), 'ACTIVE')))
    eyes.check()
