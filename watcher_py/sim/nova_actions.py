# SPDX-License-Identifier: Apache-2.0
"""What can be asked of a server: POST /servers/{id}/action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import falcon

from watcher_py.core.errors import WatcherError
from watcher_py.sim import migrations, shelving
from watcher_py.sim.doorman import caller, minor, need_admin
from watcher_py.sim.migrations import COLD, LIVE, RESIZE, check_state
from watcher_py.sim.nova_servers import check_unlocked, flavor_of, visible
from watcher_py.sim.records import Caller, Server
from watcher_py.sim.world import World

Body = Any
Deed = Callable[[World, Server, Body, Caller, int], None]


@dataclass(frozen=True)
class Asked:
    """One action: who may ask for it, and what it does."""

    do: Deed
    admin_policy: str | None = None
    status: str = falcon.HTTP_202
    of_locked: bool = False             # may be asked of a locked server


class ServerAction:
    """Finds the action that the body names; what is refused is remembered."""

    def __init__(self, world: World):
        self._world = world

    def on_post(self, req: falcon.Request, resp: falcon.Response, server: str) -> None:
        body = req.get_media()
        name = next(iter(body), '') if isinstance(body, dict) and len(body) == 1 else ''
        if name not in ACTIONS:
            raise falcon.HTTPBadRequest(description='There is no such action: ' + (name or 'none was given'))
        asked = ACTIONS[name]
        if asked.admin_policy:
            need_admin(req, asked.admin_policy)
        found = visible(self._world, req, server)
        try:
            if not asked.of_locked:
                check_unlocked(found, caller(req))
            asked.do(self._world, found, body[name], caller(req), minor(req))
        except WatcherError as error:
            self._world.refuse(server, str(error))
            raise
        resp.status = asked.status


def _live(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    known = ({'host', 'block_migration', 'disk_over_commit'} if minor < 25 else
             {'host', 'block_migration', 'force'} if 30 <= minor < 68 else {'host', 'block_migration'})
    _check_keys('os-migrateLive', body, known, known - {'force'})
    host = body['host']
    if body.get('force') and not host:
        raise falcon.HTTPBadRequest(description="Can't force to a non-provided destination")
    migrations.start(world, LIVE, server, host, asking)


def _cold(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    if minor < 56 or body is None:
        body = {}
    _check_keys('migrate', body, {'host'}, set())
    migrations.start(world, COLD, server, body.get('host'), asking)


def _resize(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    _check_keys('resize', body, {'flavorRef', 'OS-DCF:diskConfig'}, {'flavorRef'})
    flavor = flavor_of(world, body['flavorRef'])
    if flavor == server.flavor:
        raise falcon.HTTPBadRequest(description='When resizing, instances must change flavor!')
    migrations.start(world, RESIZE, server, None, asking, flavor)


def _check_keys(action: str, body: Body, known: set[str], needed: set[str]) -> None:
    if not isinstance(body, dict):
        raise _invalid(action, body, f"{body!r} is not of type 'object'")
    for key in sorted(body.keys() - known):
        raise _invalid(action, body, f"Additional properties are not allowed ('{key}' was unexpected)")
    for key in sorted(needed - body.keys()):
        raise _invalid(action, body, f"'{key}' is a required property")


def _invalid(action: str, body: Body, why: str) -> falcon.HTTPBadRequest:
    return falcon.HTTPBadRequest(
        description=f'Invalid input for field/attribute {action}. Value: {body}. {why}')


def _confirm(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    migrations.confirm(world, server, asking)


def _revert(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    migrations.revert(world, server, asking)


def _turn(deed: str, name: str, from_states: tuple[str, ...], to_state: str) -> Deed:
    def turn(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
        check_state(server, deed, from_states)
        world.change(server.uuid, vm_state=to_state)
        world.record(server.uuid, name, asking)
    return turn


def _lock(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    reason = body.get('locked_reason') if minor >= 73 and isinstance(body, dict) else None
    world.change(server.uuid, locked_by='admin' if asking.is_admin else 'owner', locked_reason=reason)
    world.record(server.uuid, 'lock', asking)


def _unlock(world: World, server: Server, body: Body, asking: Caller, minor: int) -> None:
    if server.locked_by == 'admin' and not asking.is_admin:
        raise falcon.HTTPForbidden(
            description="Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override "
                        'to be performed.')
    world.change(server.uuid, locked_by=None, locked_reason=None)
    world.record(server.uuid, 'unlock', asking)


_MIGRATE = 'os_compute_api:os-migrate-server:'
_SHELVE = 'os_compute_api:os-shelve:'
ACTIONS: dict[str, Asked] = {
    'os-migrateLive': Asked(_live, _MIGRATE + 'migrate_live'),
    'migrate': Asked(_cold, _MIGRATE + 'migrate'),
    'resize': Asked(_resize),
    'confirmResize': Asked(_confirm, status=falcon.HTTP_204),
    'revertResize': Asked(_revert),
    'os-stop': Asked(_turn('stop', 'stop', ('active', 'error'), 'stopped')),
    'os-start': Asked(_turn('start', 'start', ('stopped',), 'active')),
    'pause': Asked(_turn('pause', 'pause', ('active',), 'paused')),
    'unpause': Asked(_turn('unpause', 'unpause', ('paused',), 'active')),
    'shelve': Asked(shelving.shelve),
    'shelveOffload': Asked(shelving.offload, _SHELVE + 'shelve_offload'),
    'unshelve': Asked(shelving.unshelve),
    'lock': Asked(_lock, of_locked=True),
    'unlock': Asked(_unlock, of_locked=True),
}
