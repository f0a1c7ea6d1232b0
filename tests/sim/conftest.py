# SPDX-License-Identifier: Apache-2.0
"""A small emulated cloud in which every rule has a server that breaks it, and clients to drive it."""

from collections.abc import Iterator
from typing import Any

import openstack
import pytest
import requests

from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

START = 1_767_600_000.0


def host(name: str, **fields: Any) -> dict[str, Any]:
    return {'id': f'host-{name}', 'name': name, 'zone': 'north', 'vcpus': 8, 'cpu_ratio': 2.0,
            'ram_mb': 65536, 'disk_gb': 1000,
            'metrics': {'cpu_util_pct': 30.0, 'ram_used_mb': 20000.0}} | fields


def server(name: str, at: str, **fields: Any) -> dict[str, Any]:
    return {'id': name, 'name': name, 'host': f'host-{at}', 'flavor': 'm1', 'vcpus': 2, 'ram_mb': 4096,
            'disk_gb': 20, 'project': 'acme',
            'metrics': {'cpu_util_pct': 20.0, 'ram_used_mb': 2500.0}} | fields


def group(name: str, policy: str, limit: int, *members: str) -> dict[str, Any]:
    return {'id': name, 'name': name, 'policy': policy, 'members': list(members),
            'rules': {'max_server_per_host': limit}}


@pytest.fixture
def document() -> dict[str, Any]:
    return {
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [
            host('alpha', cpu={'arch': 'x86_64', 'model': 'EPYC', 'features': ['aes', 'avx2']}),
            host('beta'), host('gamma', zone='south'),
            host('delta', status='disabled', disabled_reason='broken fan'), host('echo', state='down'),
            host('fast', traits=['HW_CPU_X86_AVX512F']), host('leased'),
            host('tiny', vcpus=1, ram_mb=65536), host('crowded', ram_mb=6000)],
        'instances': [
            server('plain', 'alpha', image={'os_distro': 'debian'}), server('off', 'alpha', state='stopped'),
            server('frozen', 'alpha', state='paused'), server('asleep', 'alpha', state='suspended'),
            server('locked', 'alpha', locked=True),
            server('pinned', 'alpha', pinned_zone='north'),
            server('apart-1', 'alpha'), server('apart-2', 'beta'),
            server('pair-1', 'fast'), server('pair-2', 'beta'), server('pair-3', 'beta'),
            server('near-1', 'gamma'), server('near-2', 'gamma'),
            server('needs-ssd', 'fast', flavor='ssd',
                   extra_specs={'aggregate_instance_extra_specs:ssd': 'true'}),
            server('needs-avx', 'fast', flavor='avx', extra_specs={'trait:HW_CPU_X86_AVX512F': 'required'}),
            server('shuns-avx', 'gamma', flavor='noavx',
                   extra_specs={'trait:HW_CPU_X86_AVX512F': 'forbidden'}),
            server('lodger', 'crowded'), server('tenant', 'leased', project='emca')],
        'server_groups': [
            group('apart', 'anti-affinity', 1, 'apart-1', 'apart-2'),
            group('pairs', 'anti-affinity', 2, 'pair-1', 'pair-2', 'pair-3'),
            group('near', 'affinity', 1, 'near-1', 'near-2')],
        'aggregates': [
            {'id': 7, 'name': 'ssd', 'hosts': ['fast'], 'metadata': {'ssd': 'true'}},
            {'id': 8, 'name': 'leased', 'hosts': ['leased'], 'metadata': {'filter_tenant_id': 'emca'}}]}


@pytest.fixture
def cloud(document: dict[str, Any]) -> Iterator[Cloud]:
    """A cloud whose time stands still until the test says `cloud.clock.advance(seconds)`."""
    with Cloud(read(document), Clock(speed=0, start=START)) as cloud:
        yield cloud


@pytest.fixture
def sdk(cloud: Cloud) -> Iterator[openstack.connection.Connection]:
    """The unmodified openstacksdk, as admin."""
    connection = openstack.connection.Connection(
        auth=cloud.credentials(), region_name='RegionOne', compute_default_microversion='2.96')
    yield connection
    connection.close()


class Client:
    """Plain HTTP with a token."""

    def __init__(self, cloud: Cloud, user: str):
        self._cloud = cloud
        name = cloud.identity.user(user)
        assert name is not None
        self.token = cloud.identity.issue(name, 'password').id

    def ask(self, method: str, path: str, body: Any = None, version: str | None = None,
            service: str = 'compute') -> requests.Response:
        headers = {'X-Auth-Token': self.token}
        if version is not None:
            headers['OpenStack-API-Version'] = f'{service} {version}'
        prefix = '/compute/v2.1' if service == 'compute' else f'/{service}'
        return requests.request(
            method, self._cloud.url + prefix + path, json=body, headers=headers, timeout=30)

    def get(self, path: str, version: str | None = None, service: str = 'compute') -> Any:
        answer = self.ask('GET', path, None, version, service)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, server: str, version: str = '2.96', **action: Any) -> requests.Response:
        """One action of a server; `_` in its name stands for `-`."""
        named = {key.replace('_', '-'): value for key, value in action.items()}
        return self.ask('POST', f'/servers/{server}/action', named, version)

    def live(self, server: str, host: str | None = None) -> requests.Response:
        return self.act(server, os_migrateLive={'host': host, 'block_migration': 'auto'})

    def cold(self, server: str, host: str | None = None) -> requests.Response:
        return self.act(server, migrate={'host': host} if host else None)

    def server(self, server: str, version: str = '2.96') -> Any:
        return self.get(f'/servers/{server}', version)['server']

    def newest_migration(self, server: str) -> Any:
        return self.get(f'/os-migrations?instance_uuid={server}', '2.59')['migrations'][0]


@pytest.fixture
def admin(cloud: Cloud) -> Client:
    return Client(cloud, 'admin')


@pytest.fixture
def member(cloud: Cloud) -> Client:
    """Who may see and change the servers of project demo only."""
    return Client(cloud, 'demo')
