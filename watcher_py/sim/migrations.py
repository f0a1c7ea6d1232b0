# SPDX-License-Identifier: Apache-2.0
"""Live and cold migrations and resizes: processes that take time, and hold room at both ends meanwhile."""

import heapq
from dataclasses import replace

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused
from watcher_py.sim import allotments, rules
from watcher_py.sim.records import Caller, Event, Flavor, Host, Migration, Server
from watcher_py.sim.world import World

LIVE, COLD, RESIZE = 'live-migration', 'migration', 'resize'
LINK_MIB_S = 1250.0         # what a host's network carries, both directions taken together
SETUP_S = 1.0
QUEUED_S = 0.3
DIRTIED = 1.3               # memory is sent once, and what is written meanwhile again
DISK_WRITTEN = 0.05         # of the disk is more than the image, and is copied by a cold migration
FORCED_S = 0.5              # a live migration that is forced to its end takes so much longer
STUCK_S = 1.0               # one that is stuck is looked at again after this time

_STATES = {LIVE: ('active', 'paused'), COLD: ('active', 'stopped'), RESIZE: ('active', 'stopped')}
_DEEDS = {LIVE: 'os-migrateLive', COLD: 'migrate', RESIZE: 'resize'}
_OF_COLD = ('conductor_migrate_server', 'compute_finish_resize')
_EVENTS = {LIVE: ('conductor_live_migrate_instance', 'compute_live_migration'), COLD: _OF_COLD,
           RESIZE: _OF_COLD}
_NAMES = {LIVE: 'live-migration', COLD: 'migrate', RESIZE: 'resize'}


def start(world: World, kind: str, server: Server, target: str | None, caller: Caller,
          flavor: Flavor | None = None) -> None:
    """Begin to move the server to the named host, or to one that the scheduler picks, as of this flavor."""
    check_state(server, _DEEDS[kind], _STATES[kind])
    if server.host is None or not world.hosts[server.host].reports:
        raise _source_is_down(world, kind, server)
    try:
        host = _target(world, _resized(server, flavor), target)
    except Refused as refusal:
        if not world.faults.late_refusals:
            raise
        _fail_late(world, kind, server, target, caller, str(refusal))
        return
    _depart(world, kind, server, host, caller, flavor)


def check_state(server: Server, deed: str, allowed: tuple[str, ...]) -> None:
    if server.task_state is not None:
        raise Conflict(
            f"Cannot '{deed}' instance {server.uuid} while it is in task_state {server.task_state}")
    if server.vm_state not in allowed:
        raise Conflict(f"Cannot '{deed}' instance {server.uuid} while it is in vm_state {server.vm_state}")


def confirm(world: World, server: Server, caller: Caller) -> None:
    """Keep a server that was moved cold where it is now, and let go of what it held before."""
    migration = _finished(world, server, 'confirmResize')
    world.ledger.release(migration.uuid)
    world.change(server.uuid, vm_state=migration.former_state)
    world.change_migration(migration.number, status='confirmed')
    world.record(server.uuid, 'confirmResize', caller, _done(world, 'compute_confirm_resize', migration))


def revert(world: World, server: Server, caller: Caller) -> None:
    """Bring a server that was moved cold back to where it was."""
    migration = _finished(world, server, 'revertResize')
    world.ledger.release(server.uuid)
    world.ledger.hand_over(migration.uuid, server.uuid)
    world.leave(server, migration.target or '')
    world.arrive(server, migration.source)
    world.settle(server, migration.source)
    world.change(server.uuid, vm_state=migration.former_state,
                 flavor=migration.former_flavor or server.flavor)
    world.change_migration(migration.number, status='reverted')
    world.record(server.uuid, 'revertResize', caller, _done(world, 'compute_revert_resize', migration))


def abort(world: World, server: Server, number: int, caller: Caller) -> None:
    """Stop a live migration that runs; the server stays on its source."""
    migration = running(world, server, number)
    _stay(world, migration, 'cancelled')
    world.record(server.uuid, 'live_migration_cancel', caller,
                 _done(world, 'compute_live_migration_abort', migration))


def force(world: World, server: Server, number: int, caller: Caller) -> None:
    """Have a live migration that runs end soon."""
    migration = running(world, server, number)
    if migration.status != 'running':
        raise Refused(f'Migration {number} state of instance {server.uuid} is {migration.status}. '
                      'Cannot force_complete while the migration is in this state.')
    ends_at = world.now() + FORCED_S
    world.change_migration(number, is_forced=True, ends_at=ends_at)
    world.schedule(ends_at, number, 'end')
    world.record(server.uuid, 'live_migration_force_complete', caller)


def running(world: World, server: Server, number: int) -> Migration:
    """The server's live migration of this id, that runs."""
    migration = world.migrations.get(number)
    if migration is None or world.in_flight.get(server.uuid) != number or migration.kind != LIVE:
        raise NotFound(f'In-progress live migration {number} is not found for server {server.uuid}.')
    return migration


def forget(world: World, server: Server) -> None:
    """The server is deleted: whatever moves it ends, whatever it holds is let go."""
    number = world.in_flight.get(server.uuid)
    if number is not None:
        _stay(world, world.migrations[number], 'error')
    for migration in world.migrations.values():
        if migration.server == server.uuid and migration.status == 'finished':
            world.ledger.release(migration.uuid)
            world.change_migration(migration.number, status='error')
    if server.uuid in world.ledger.claims:
        world.ledger.release(server.uuid, by_force=True)


def advance(world: World) -> None:
    """Carry out what was due until now."""
    now = world.now()
    while world.due and world.due[0][0] <= now:
        when, number, deed = heapq.heappop(world.due)
        migration = world.migrations[number]
        if world.in_flight.get(migration.server) != number:
            continue
        if deed == 'run':
            world.change_migration(number, status='running' if migration.kind == LIVE else 'migrating',
                                   updated=when)
        elif _is_stuck(world, migration):
            world.schedule(now + STUCK_S, number, 'end')
        else:
            _end(world, migration, when)


def seconds(world: World, kind: str, server: Server, *ends: str) -> float:
    """How long the move takes, when it shares the links with those that run at this moment."""
    flying = [world.migrations[number] for number in world.in_flight.values()]
    busiest = max(sum(end in (other.source, other.target) for other in flying) for end in ends) + 1
    return SETUP_S + _to_copy(kind, server) * busiest / LINK_MIB_S


def _is_stuck(world: World, migration: Migration) -> bool:
    return (migration.kind == LIVE and not migration.is_forced and world.faults.sticks(migration.server)
            and _why_unreachable(world, migration) is None)


def _resized(server: Server, flavor: Flavor | None) -> Server:
    return replace(server, flavor=flavor) if flavor else server


def _to_copy(kind: str, server: Server) -> float:
    if kind != LIVE:
        return server.flavor.sizes.disk_gb * 1024 * DISK_WRITTEN
    return _memory(server) * DIRTIED


def _memory(server: Server) -> float:
    return float(server.flavor.sizes.ram_mb) if server.ram_used is None else server.ram_used


def _source_is_down(world: World, kind: str, server: Server) -> Exception:
    sentence = (f'Compute service of {world.host_name(server.host)} is unavailable at this time.')
    return Refused(sentence) if kind == LIVE else Conflict(sentence)


def _target(world: World, server: Server, name: str | None) -> Host:
    if name is None:
        host = rules.pick(world, server)
        if host is None:
            raise Refused('No valid host was found. There are not enough hosts available.')
        return host
    try:
        host = world.host_named(name)
    except NotFound as missing:
        # Nova answers 400 for a target that it doesn't know.
        raise Invalid(str(missing)) from None
    if host.uuid == server.host:
        raise Refused(f'Unable to migrate instance ({server.uuid}) to current host ({host.name}).')
    reason = rules.why_not(world, server, host)
    if reason is not None:
        raise Refused(f'No valid host was found. {reason}')
    return host


def _depart(world: World, kind: str, server: Server, host: Host, caller: Caller,
            flavor: Flavor | None) -> None:
    source = server.host or ''
    now = world.now()
    ends_at = now + seconds(world, kind, server, source, host.uuid)
    migration = world.add_migration(
        server=server.uuid, source=source, target=host.uuid, kind=kind,
        status='queued' if kind == LIVE else 'pre-migrating', request=caller.request,
        runs_at=now + QUEUED_S, ends_at=ends_at, ram_mb=_memory(server), former_state=server.vm_state,
        failure=world.faults.why_migration_fails(server.uuid) or _why_too_small(server, flavor),
        flavor=flavor, former_flavor=server.flavor)
    world.ledger.hand_over(server.uuid, migration.uuid)
    allotments.claim(world, _resized(server, flavor), host)
    world.arrive(server, host.uuid)
    world.change(server.uuid, task_state='migrating' if kind == LIVE else 'resize_migrating')
    world.in_flight[server.uuid] = migration.number
    world.record(server.uuid, _NAMES[kind], caller, _done(world, _EVENTS[kind][0], migration))
    world.schedule(migration.runs_at, migration.number, 'run')
    world.schedule(ends_at, migration.number, 'end')


def _why_too_small(server: Server, flavor: Flavor | None) -> str | None:
    if flavor and flavor.sizes.disk_gb < server.flavor.sizes.disk_gb:
        return 'Resize error: Unable to resize disk down.'
    return None


def _end(world: World, migration: Migration, when: float) -> None:
    failure = migration.failure or _why_unreachable(world, migration)
    if failure is None:
        _arrive(world, migration, when)
    else:
        _stay(world, migration, 'error', when)
    world.add_event(migration.server, migration.request, Event(
        _EVENTS[migration.kind][1], migration.runs_at, when, 'Error' if failure else 'Success', failure,
        world.host_name(migration.source)))


def _why_unreachable(world: World, migration: Migration) -> str | None:
    for host in (migration.source, migration.target):
        if host is not None and not world.hosts[host].reports:
            return f'Compute service of {world.hosts[host].name} is unavailable at this time.'
    return None


def _arrive(world: World, migration: Migration, when: float) -> None:
    server = world.servers[migration.server]
    world.leave(server, migration.source)
    world.settle(server, migration.target or '')
    del world.in_flight[server.uuid]
    if migration.kind == LIVE:
        world.ledger.release(migration.uuid)
        world.change(server.uuid, task_state=None)
        world.change_migration(migration.number, status='completed', updated=when)
    else:
        # Until it is confirmed the source is held, so that the way back stays open.
        world.change(server.uuid, task_state=None, vm_state='resized',
                     flavor=migration.flavor or server.flavor)
        world.change_migration(migration.number, status='finished', updated=when)


def _stay(world: World, migration: Migration, status: str, when: float | None = None) -> None:
    """The migration comes to nothing: the server has its source back, the target is free."""
    server = world.servers[migration.server]
    world.ledger.release(server.uuid)
    world.ledger.hand_over(migration.uuid, server.uuid)
    world.leave(server, migration.target or '')
    del world.in_flight[server.uuid]
    world.change(server.uuid, task_state=None)
    world.change_migration(migration.number, status=status, updated=world.now() if when is None else when)


def _fail_late(world: World, kind: str, server: Server, target: str | None, caller: Caller,
               reason: str) -> None:
    """As newer Novas refuse: the request is accepted, the migration's record and event say no."""
    now = world.now()
    world.refuse(server.uuid, reason)
    world.add_migration(
        server=server.uuid, source=server.host, target=world.host_named(target).uuid if target else None,
        kind=kind, status='error', request=caller.request, runs_at=now, ends_at=now,
        ram_mb=_memory(server), former_state=server.vm_state, failure=reason)
    world.record(server.uuid, _NAMES[kind], caller)
    world.add_event(server.uuid, caller.request, Event(_EVENTS[kind][0], now, now, 'Error', reason))


def _finished(world: World, server: Server, deed: str) -> Migration:
    check_state(server, deed, ('resized',))
    for migration in reversed(world.migrations.values()):
        if migration.server == server.uuid and migration.status == 'finished':
            return migration
    raise Refused(f'Instance {server.uuid} has not been resized.')


def _done(world: World, name: str, migration: Migration) -> Event:
    now = world.now()
    return Event(name, now, now, 'Success', None, world.host_name(migration.source))
