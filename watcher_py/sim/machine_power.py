# SPDX-License-Identifier: Apache-2.0
"""Machines that are switched on and off, which takes time, and the hosts that go with them."""

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.sim.storage_records import Machine
from watcher_py.sim.world import World

ON, OFF = 'power on', 'power off'
# What may be asked for: what it leads to, and how long that takes.
TARGETS = {'power on': (ON, 5.0), 'power off': (OFF, 5.0), 'rebooting': (ON, 30.0),
           'soft power off': (OFF, 30.0), 'soft rebooting': (ON, 60.0)}
# From power on until the compute service reports: seconds.
BOOT = 30.0


def switch(world: World, machine: Machine, target: str) -> None:
    """Begin to switch its power."""
    if machine.is_reserved:
        raise Conflict(f'Node {machine.uuid} is locked by host emulated, please retry after the current '
                       'operation is completed.')
    if target not in TARGETS:
        raise Invalid(f'The requested action "{target}" can not be performed on node "{machine.uuid}" '
                      'while it is in that state.')
    reached, seconds = TARGETS[target]
    world.machines.switched += 1
    world.machines.change(machine.uuid, target_power_state=reached, switched_at=world.now() + seconds,
                          last_error=None, updated=world.now())


def advance(world: World) -> None:
    """Let everything happen that is due by now."""
    now = world.now()
    for machine in list(world.machines.machines.values()):
        if machine.switched_at is not None and machine.switched_at <= now:
            _arrive(world, machine)
    for host, ready_at in list(world.machines.booting.items()):
        if ready_at <= now:
            del world.machines.booting[host]
            world.change_host(host, up=True)


def _arrive(world: World, machine: Machine) -> None:
    reached = machine.target_power_state
    failure = world.faults.why_migration_fails(machine.uuid)
    if failure is not None:
        failure = f"Failed to change power state to '{reached}'. Error: {failure}"
        reached = machine.power_state
    elif machine.host is not None:
        _take_along(world, machine.host, reached == ON)
    world.machines.change(machine.uuid, power_state=reached, target_power_state=None, switched_at=None,
                          last_error=failure, updated=world.now())


def _take_along(world: World, host: str, is_on: bool) -> None:
    """A host is gone with its machine at once, and is back once it has booted."""
    world.machines.booting.pop(host, None)
    if not is_on:
        world.change_host(host, up=False)
    elif not world.hosts[host].up:
        world.machines.booting[host] = world.now() + BOOT
