# SPDX-License-Identifier: Apache-2.0
"""An emulated cloud that lives on while calls to it go wrong."""

import uuid
from contextlib import suppress
from dataclasses import replace
from math import inf
from random import Random
from typing import Any

from tests.engine.collector.facts import Facts, facts_of
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core.document import read
from watcher_py.core.errors import WatcherError
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.sim import migrations
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults, Kind
from watcher_py.sim.generator import generate
from watcher_py.sim.nova_servers import boot
from watcher_py.sim.records import Caller, Server
from watcher_py.sim.server import Cloud
from watcher_py.sim.world import World

START = 1_767_600_000.0
ADMIN = Caller('u', 'admin', 'p', frozenset({'admin'}), 'req-of-a-test')
# Names that are the beginnings of others.
NAMES = ('cn1', 'cn10', 'cn1.example.org', 'cn100', 'cn2', 'cn2.example.org', 'n1', 'cn', 'cn11',
         'cn1.example', 'cn20', 'cn-1', *(f'cn{number}' for number in range(300, 312)))
CALLS = ('/servers/detail', '/os-hypervisors', '/os-services', '/os-aggregates', '/os-server-groups',
         '/os-migrations', '/resource_providers', '/usages', '/inventories', '/traits',
         '/allocation_candidates', '/compute', '/placement', '/identity', '/')
# Which of the calls go wrong; what goes wrong once is over when it is tried again.
CHANCES = (0.1, 0.3, 0.6, 1.0)
IMPATIENT, PATIENT = 0.3, 60.0          # seconds that an answer may take


class FaultyCloud:
    """Some hosts with servers of all kinds; its time stands still but for what `live_on` does."""

    def __init__(self, seed: int):
        dice = Random(seed)
        self.faults = Faults(seed=seed)
        self._cloud = Cloud(read(_document(dice, seed)), Clock(speed=0, start=START), faults=self.faults,
                            page=dice.choice((7, 20, 1000)))
        self.world: World = self._cloud.world
        self._add_a_shelved_server()

    def __enter__(self) -> 'FaultyCloud':
        self._cloud.start()
        self._connection = connect_with(self._cloud.credentials())
        return self

    def __exit__(self, *what: object) -> None:
        self._connection.close()
        self._cloud.stop()

    def collector(self) -> ComputeCollector:
        return ComputeCollector(self.reader())

    def reader(self) -> Reader:
        """Tries each call twice, without a pause between."""
        return Reader(Compute(self._connection, tries=2, interval=0.0),
                      Placement(self._connection, tries=2, interval=0.0))

    def break_calls(self, dice: Random) -> list[str]:
        """One to three calls go wrong from now on; what they are is told."""
        return [self._break_a_call(dice) for _ in range(dice.choice((1, 1, 2, 3)))]

    def _break_a_call(self, dice: Random) -> str:
        call, kind, chance = dice.choice(CALLS), dice.choice(tuple(Kind)), dice.choice(CHANCES)
        times, seconds = inf, 0.0
        if kind == Kind.HANG:
            times, seconds = 2, PATIENT
            self._connection.session.timeout = IMPATIENT
        elif kind == Kind.SLOW:
            seconds = 0.005
        self.faults.strike(call, kind, times, chance=chance, seconds=seconds,
                           status=dice.choice((400, 401, 403, 404, 409, 429, 500, 502, 503)))
        return f'{kind} {call} {chance}'

    def heal(self) -> None:
        self.faults.heal()
        self._connection.session.timeout = PATIENT

    def live_on(self, dice: Random) -> None:
        with self.world.lock:
            _live_on(self.world, dice)

    def live_on_meanwhile(self, dice: Random) -> None:
        """The same, in the middle of the next reading."""
        self.faults.meanwhile(dice.choice(CALLS), lambda: _live_on(self.world, dice))

    def facts(self) -> Facts:
        with self.world.lock:
            return facts_of(self.world)

    def _add_a_shelved_server(self) -> None:
        shelved = next(iter(self.world.servers.values()))
        self.world.add_server(replace(shelved, uuid=str(uuid.UUID(int=7)), host=None, groups=(),
                                      vm_state='shelved_offloaded'))


def _document(dice: Random, seed: int) -> dict[str, Any]:
    # Of few hosts Placement's providers are read one by one, of many at once.
    count = dice.choice((6, 8, 12, 24))
    document = generate(count, count * 4, seed)
    names = {host['name']: name for host, name in zip(
        document['hosts'], dice.sample(NAMES, count), strict=True)}
    for host in document['hosts']:
        host['name'] = names[host['name']]
    for aggregate in document['aggregates']:
        aggregate['hosts'] = [names[host] for host in aggregate['hosts']]
    for host, gpus in zip(document['hosts'], (2, 1), strict=False):
        host['providers'] = [{'name': f'gpu-{number}', 'inventories': {'VGPU': {'total': 4}}}
                             for number in range(gpus)]
        plain = [row for row in document['instances'] if not row['extra_specs'] and row['host'] == host['id']]
        for row in plain[:3]:
            row['extra_specs'] = {'resources:VGPU': '1'}
    for row in dice.sample(document['instances'], 3):
        row['state'] = 'error'
    return document


def _boot(world: World, dice: Random) -> None:
    boot(world, {'name': 'new', 'flavorRef': dice.choice(tuple(world.flavors))}, {}, ADMIN)


def _delete(world: World, dice: Random) -> None:
    server = _any_server(world, dice)
    migrations.forget(world, server)
    world.remove_server(server)


def _move(world: World, dice: Random) -> None:
    kind = dice.choice((migrations.LIVE, migrations.COLD))
    migrations.start(world, kind, _any_server(world, dice), None, ADMIN)


def _wait(world: World, dice: Random) -> None:
    world.clock.advance(dice.choice((0.2, 1.0, 30.0, 300.0)))


def _confirm(world: World, dice: Random) -> None:
    migrations.confirm(world, _moved(world), ADMIN)


def _revert(world: World, dice: Random) -> None:
    migrations.revert(world, _moved(world), ADMIN)


def _switch_service(world: World, dice: Random) -> None:
    host = world.hosts[dice.choice(tuple(world.hosts))]
    world.change_host(host.uuid, enabled=not host.enabled)


def _switch_power(world: World, dice: Random) -> None:
    host = world.hosts[dice.choice(tuple(world.hosts))]
    world.change_host(host.uuid, up=not host.up)


def _any_server(world: World, dice: Random) -> Server:
    return world.servers[dice.choice(tuple(world.servers))]


def _moved(world: World) -> Server:
    return next(server for server in world.servers.values() if server.vm_state == 'resized')


DEEDS = (_boot, _delete, _move, _move, _wait, _wait, _confirm, _revert, _switch_service, _switch_power)


def _live_on(world: World, dice: Random) -> None:
    """A few things that happen in any cloud, as far as it lets them."""
    for _ in range(dice.randrange(4)):
        with suppress(WatcherError, StopIteration):
            dice.choice(DEEDS)(world, dice)
        migrations.advance(world)
