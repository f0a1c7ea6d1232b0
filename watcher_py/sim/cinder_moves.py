# SPDX-License-Identifier: Apache-2.0
"""Volumes that are migrated or retyped, as processes that take time and room in both pools."""

from watcher_py.core.errors import Invalid
from watcher_py.sim.storage_records import Move, Pool, Volume
from watcher_py.sim.world import World

GB_IN_A_SECOND = 0.1
SETUP_S = 2.0
NEVER = 'never'
NO_BACKEND = 'Could not find any available weighted backend.'
_SWAPPABLE = ('active', 'paused', 'resized')
_MOVABLE = ('available', 'in-use')


def migrate(world: World, volume: Volume, pool: str, lock: bool) -> None:
    """Begin to copy the volume to the named pool."""
    storage = world.storage
    busy = volume.status not in _MOVABLE or volume.uuid in storage.moves
    if busy or volume.snapshots or pool == volume.pool:
        raise Invalid(f'Invalid volume: Volume {volume.uuid} status must be available or in-use, must not be '
                      'migrating, have snapshots, be replicated, be part of a group and destination '
                      'host/cluster must be different than the current one')
    found = storage.pools.get(pool)
    if found is None or not found.up:
        raise Invalid(f'Invalid input received: No available service named {pool}')
    if not found.holds(volume.size or 0):
        # Cinder's scheduler finds this out when the request has long been answered.
        storage.change(volume.uuid, migration_status='error')
        storage.complain(volume.uuid, f'migrate volume:{NO_BACKEND}')
        return
    # What is in use can be locked against nothing: its server goes on writing.
    is_locked = lock and volume.status == 'available'
    storage.change(volume.uuid, migration_status='migrating',
                   status='maintenance' if is_locked else volume.status)
    _depart(world, volume, pool, volume.type)


def retype(world: World, volume: Volume, new_type: str, policy: str) -> None:
    """Begin to make the volume one of another type; it moves if its pool doesn't offer that."""
    storage = world.storage
    wanted = next((one for one in storage.types.values() if new_type in (one.name, one.id)), None)
    if wanted is None:
        raise Invalid(f'Invalid volume type: Volume type {new_type} could not be found')
    if wanted.name == volume.type:
        raise Invalid(f'Invalid input received: New volume_type same as original: {new_type}.')
    if volume.status not in _MOVABLE or volume.uuid in storage.moves:
        raise Invalid(f'Invalid volume: Volume {volume.uuid} status must be available or in-use, must not be '
                      'migrating, have snapshots, be replicated')
    pool = _pool_for(world, volume, wanted.name, policy)
    if pool is None:
        # The scheduler finds no backend, and puts everything back as it was.
        storage.change(volume.uuid, status=volume.status)
        storage.complain(volume.uuid, f'retype volume:{NO_BACKEND}')
        return
    storage.change(volume.uuid, status='retyping',
                   migration_status=volume.migration_status if pool == volume.pool else 'migrating')
    _depart(world, volume, pool, wanted.name)


def advance(world: World) -> None:
    """Let everything happen that is due by now."""
    now = world.now()
    for move in [move for move in world.storage.moves.values() if move.ends_at <= now]:
        _arrive(world, move)


def _pool_for(world: World, volume: Volume, type_: str, policy: str) -> str | None:
    """Where it stays if it can, else the pool with the most room."""
    pools = world.storage.pools
    if volume.pool is not None and type_ in pools[volume.pool].types:
        return volume.pool
    if policy == NEVER or volume.snapshots:
        return None
    fitting = [pool for pool in pools.values() if _takes(pool, volume, type_)]
    return max(fitting, key=lambda pool: (pool.free, pool.name)).name if fitting else None


def _takes(pool: Pool, volume: Volume, type_: str) -> bool:
    return pool.enabled and pool.up and type_ in pool.types and pool.holds(volume.size or 0)


def _depart(world: World, volume: Volume, target: str, type_: str | None) -> None:
    seconds = SETUP_S
    if target != volume.pool:
        seconds += (volume.size or 0) / GB_IN_A_SECOND
        world.storage.take(target, volume.size or 0)
    move = Move(
        volume=volume.uuid, target=target, type=type_, former_status=volume.status,
        ends_at=world.now() + seconds, failure=_why_it_fails(world, volume, target))
    world.storage.moves[volume.uuid] = move
    world.storage.departures.append(move)


def _why_it_fails(world: World, volume: Volume, target: str) -> str | None:
    failure = world.faults.why_migration_fails(volume.uuid)
    if failure is not None:
        return failure
    # Nova has to exchange what a server uses, and does that while it runs only.
    for server in map(world.servers.get, volume.attached_to):
        if target != volume.pool and server is not None and server.vm_state not in _SWAPPABLE:
            return f"Cannot 'swap_volume' instance {server.uuid} while it is in vm_state {server.vm_state}"
    return None


def _arrive(world: World, move: Move) -> None:
    storage = world.storage
    del storage.moves[move.volume]
    volume = storage.volume(move.volume)
    moved = move.target != volume.pool
    if move.failure is not None:
        if moved:
            storage.take(move.target, -(volume.size or 0))
        storage.change(volume.uuid, status=move.former_status, migration_status='error')
        if move.failure:
            storage.complain(volume.uuid, move.failure)
        return
    if moved:
        storage.take(volume.pool, -(volume.size or 0))
    storage.change(volume.uuid, status=move.former_status, pool=move.target, type=move.type,
                   migration_status='success' if moved else volume.migration_status)
