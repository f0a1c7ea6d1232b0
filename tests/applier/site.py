# SPDX-License-Identifier: Apache-2.0
"""A small emulated cloud whose time is the test's."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from watcher_py.applier.actions.contract import Cloud as Hands
from watcher_py.applier.traffic import Traffic
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core import document
from watcher_py.sim.clock import Clock
from watcher_py.sim.records import Migration
from watcher_py.sim.server import Cloud

PATIENCE = 60.0                 # real seconds after which a test has failed
SPEED = 200                     # simulated seconds a second, while time passes by itself
INTERVAL = 0.01

HOSTS = ('cn1', 'cn2', 'cn3', 'cn4')


def a_cluster() -> dict[str, Any]:
    """Four hosts; six servers on the first, one each on the second and third, and one that is off."""
    hosts = [{'id': f'{name}-id', 'name': name, 'vcpus': 16, 'ram_mb': 65536, 'disk_gb': 500}
             for name in HOSTS]
    servers = [_server(f'web-{number}', 'cn1') for number in range(6)]
    servers += [_server('db-0', 'cn2'), _server('db-1', 'cn3'), _server('off-0', 'cn2', state='stopped')]
    servers += [_server('huge', 'cn2', vcpus=12)]
    return {'format': 'watcher-cluster', 'version': 1, 'hosts': hosts, 'instances': servers}


def _server(name: str, host: str, vcpus: int = 2, state: str = 'active') -> dict[str, Any]:
    return {'id': name, 'name': name, 'host': f'{host}-id', 'vcpus': vcpus, 'ram_mb': 4096, 'disk_gb': 20,
            'project': 'p', 'state': state, 'flavor': f'f{vcpus}'}


def move(server: str, source: str, target: str, how: str = 'live') -> dict[str, Any]:
    return {'resource_id': server, 'resource_name': server, 'migration_type': how,
            'source_node': source, 'destination_node': target}


def disable(host: str, **more: Any) -> dict[str, Any]:
    return {'resource_id': f'{host}-id', 'resource_name': host, 'state': 'disabled',
            'disabled_reason': 'watcher_disabled', **more}


@dataclass
class Site:
    """The emulated cloud, what asks it, and what an operator would see of it."""

    cloud: Cloud
    clock: 'HeldClock'
    compute: Compute
    hands: Hands            # what actions change it with

    def hold_time(self) -> None:
        self.clock.at(0)

    def pass_time(self) -> None:
        self.clock.at(SPEED)

    def host_of(self, server: str) -> str | None:
        return self.compute.server(server).host

    def in_flight(self) -> list[Migration]:
        with self.cloud.world.lock:
            return [self.cloud.world.migrations[number] for number in self.cloud.world.in_flight.values()]

    def migrations(self) -> list[Migration]:
        with self.cloud.world.lock:
            return list(self.cloud.world.migrations.values())

    def host(self, name: str) -> str:
        """The name of a host as the migrations' records have it."""
        return self.cloud.world.host_named(name).uuid


class HeldClock(Clock):
    """Passes quickly, or stands still."""

    def at(self, speed: float) -> None:
        self._start, self._began = self.now(), time.monotonic()
        self.speed = speed


@contextmanager
def a_site(cluster: dict[str, Any] | None = None) -> Iterator[Site]:
    clock = HeldClock(SPEED)
    with Cloud(document.read(cluster or a_cluster()), clock) as cloud:
        connection = connect_with(cloud.credentials())
        compute = Compute(connection, tries=3, interval=INTERVAL)
        hands = Hands(compute, Volumes(connection, 3, INTERVAL), Baremetal(connection, 3, INTERVAL),
                      Traffic(compute, INTERVAL))
        yield Site(cloud, clock, compute, hands)


def eventually(is_true: Callable[[], Any]) -> None:
    """Wait until it is so; a failure if it never is."""
    deadline, nothing = time.monotonic() + PATIENCE, Event()
    while not is_true():
        assert time.monotonic() < deadline, 'it never came true'
        nothing.wait(INTERVAL)
