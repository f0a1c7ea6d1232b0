# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while a plan is carried out, by chance and by other people, and what tells of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from uuid import uuid4

import falcon

from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import Policy
from watcher_py.sim import allotments, migrations, nova_servers, rules
from watcher_py.sim.faults import Kind
from watcher_py.sim.records import Amounts, Caller, Flavor, Server
from watcher_py.sim.server import Cloud
from watcher_py.sim.world import World

SOMEONE = Caller('someone', 'someone', 'someone', frozenset({'admin'}), 'req-someone')
REASON = 'Live Migration failure: the guest can not be paused'


@dataclass(frozen=True)
class Mishap:
    """What was brought about, and words of which one must be in the message of each action that it spoils."""

    name: str
    words: str

    def explains(self, message: str) -> bool:
        return re.search(self.words, message) is not None


def befall(cloud: Cloud, moves: list[Migrate], dice: Random) -> list[Mishap]:
    """One to three mishaps from now on, each at some moment of the plan."""
    ways = dice.sample(WAYS, dice.choices([1, 2, 3], [5, 3, 1])[0])
    return [way(cloud, dice.choice(moves), dice) for way in ways]


def _fails(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    cloud.faults.fail_migrations(move.server, REASON)
    return Mishap(f'moving {move.server_name} fails', REASON)


def _never_ends(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    cloud.faults.stick_migrations(move.server)
    return Mishap(f'moving {move.server_name} never ends', 'took longer than .* s')


def _target_dies(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    _at(cloud, move, dice, lambda: cloud.world.host_down(move.target))
    return Mishap(f'{move.target} dies', f'{move.target} is (down|unavailable)')


def _source_dies(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    _at(cloud, move, dice, lambda: cloud.world.host_down(move.source))
    return Mishap(f'{move.source} dies', f'{move.source} is (down|unavailable)')


def _is_disabled(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    world = cloud.world
    _at(cloud, move, dice, lambda: world.change_host(
        world.host_named(move.target).uuid, enabled=False, disabled_reason='a fan'))
    return Mishap(f'{move.target} is disabled', f'{move.target} is disabled')


def _is_deleted(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    _at(cloud, move, dice, lambda: delete(cloud.world, move.server))
    return Mishap(f'{move.server_name} is deleted', 'is gone|could not be found|was deleted')


def _is_resized(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    grown = dice.random() < 0.7
    _at(cloud, move, dice, lambda: resize(cloud.world, move.server, 4 if grown else 0.5))
    return Mishap(f'{move.server_name} is resized', 'no room|does not fit|too small|No valid host|Placement')


def _company_comes(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    """Someone boots a server on the target: of the mover's own group if it has one, else a large one."""
    world = cloud.world
    groups = [group for group in world.servers[move.server].groups
              if world.groups[group].policy is Policy.ANTI_AFFINITY]
    hints = {'group': groups[0]} if groups else {}
    _at(cloud, move, dice, lambda: boot(world, move.target, hints, dice))
    return Mishap(f'someone boots on {move.target}, {hints}',
                  'group|no room|does not fit|too small|No valid host|Placement')


def _errs(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    cloud.faults.strike('/compute', Kind.ERROR, dice.randint(1, 12), chance=0.3,
                        status=dice.choice([500, 502, 503]))
    return Mishap('Nova errs', '50[023]|told to fail')


def _refuses_to_talk(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    cloud.faults.strike(dice.choice(['/compute', '/placement']), Kind.REFUSED, dice.randint(1, 6), chance=0.3)
    return Mishap('connections break', 'does not answer|connect|Connection')


def _loses_the_answer(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    """Nova migrates the server, and breaks off over telling so."""
    cloud.faults.strike(f'/servers/{move.server}/action', Kind.HALF, 1, 'POST')
    return Mishap(f'the answer about {move.server_name} is lost', 'does not answer|connect|Connection')


def _forgets_tokens(cloud: Cloud, move: Migrate, dice: Random) -> Mishap:
    cloud.faults.strike('/compute', Kind.EXPIRED, dice.randint(1, 3), chance=0.3)
    return Mishap('tokens expire', '401|authenticat')


WAYS: list[Callable[[Cloud, Migrate, Random], Mishap]] = [
    _fails, _never_ends, _target_dies, _source_dies, _is_disabled, _is_deleted, _is_resized, _company_comes,
    _errs, _refuses_to_talk, _loses_the_answer, _forgets_tokens]


def _at(cloud: Cloud, move: Migrate, dice: Random, deed: Callable[[], object]) -> None:
    """At the start, when the mover is looked at, when it is to depart, or while something is on its way."""
    own = f'/servers/{move.server}'
    moment = dice.choice(['/', own, f'{own}/action', '/os-migrations'])
    cloud.faults.meanwhile(moment, lambda: _ignore(deed()))


def _ignore(outcome: object) -> None:
    pass


# What other people do, at once

def delete(world: World, uuid: str) -> None:
    server = world.servers.get(uuid)
    if server is not None:
        migrations.forget(world, server)
        world.record(uuid, 'delete', SOMEONE)
        world.remove_server(world.servers[uuid])


def resize(world: World, uuid: str, factor: float) -> None:
    """On the host where it stands, if there is room and it does not move."""
    server = world.servers.get(uuid)
    if server is None or server.host is None or uuid in world.in_flight or server.vm_state == 'resized':
        return
    flavor = _scaled(world, server.flavor, factor)
    host, former = world.hosts[server.host], server.flavor
    world.ledger.release(uuid)
    world.change(uuid, flavor=flavor)
    if rules.why_not(world, world.servers[uuid], host) is not None:
        world.change(uuid, flavor=former)
    allotments.claim(world, world.servers[uuid], host)
    world.record(uuid, 'confirmResize', SOMEONE)


def boot(world: World, host: str, hints: dict[str, str], dice: Random) -> Server | None:
    flavors = sorted(world.flavors.values(), key=lambda flavor: flavor.sizes.ram_mb)
    plain = [flavor for flavor in flavors if not flavor.extra_specs]
    try:
        return nova_servers.boot(world, {'name': 'newcomer', 'host': host, 'flavorRef': plain[-1].id
                                         if not hints else plain[0].id}, hints, SOMEONE)
    except falcon.HTTPError:
        return None


def _scaled(world: World, flavor: Flavor, factor: float) -> Flavor:
    sizes = Amounts(*(max(1, round(size * factor)) for size in flavor.sizes))
    made = replace(flavor, id=str(uuid4()), name=f'{flavor.name} x {factor:g}', sizes=sizes)
    world.flavors[made.id] = made
    return made
