# SPDX-License-Identifier: Apache-2.0
"""Servers that are put on the shelf, which takes time and gives their room back, and taken off it again."""

from typing import Any

from watcher_py.sim import allotments, rules
from watcher_py.sim.migrations import check_state
from watcher_py.sim.records import Caller, Event, Server
from watcher_py.sim.world import World

# How long each task takes.
SECONDS = {'shelving': 5.0, 'shelving_offloading': 2.0, 'unshelving': 5.0}
SHELVED, OFFLOADED = 'shelved', 'shelved_offloaded'
_NO_HOST = 'No valid host was found. There are not enough hosts available.'
_SHELVABLE = ('active', 'stopped', 'paused', 'suspended')
_EVENTS = {'shelving': 'compute_shelve_instance', 'shelving_offloading': 'compute_shelve_offload_instance',
           'unshelving': 'compute_unshelve_instance'}


def shelve(world: World, server: Server, body: Any, asking: Caller, minor: int) -> None:
    """Begin to make an image of it; it gives up its host as soon as it is shelved."""
    check_state(server, 'shelve', _SHELVABLE)
    world.record(server.uuid, 'shelve', asking)
    _begin(world, server, 'shelving')


def offload(world: World, server: Server, body: Any, asking: Caller, minor: int) -> None:
    """Begin to give up the host of one that is shelved."""
    check_state(server, 'shelveOffload', (SHELVED,))
    world.record(server.uuid, 'shelveOffload', asking)
    _begin(world, server, 'shelving_offloading')


def unshelve(world: World, server: Server, body: Any, asking: Caller, minor: int) -> None:
    """Begin to bring it back, to a host that the scheduler picks where it has none."""
    check_state(server, 'unshelve', (SHELVED, OFFLOADED))
    world.record(server.uuid, 'unshelve', asking)
    if server.host is None:
        host = rules.pick(world, server)
        if host is None:
            # The scheduler finds this out when the request has long been answered.
            _end(world, server, 'unshelving', _NO_HOST)
            return
        allotments.claim(world, server, host)
        world.arrive(server, host.uuid)
        world.settle(server, host.uuid)
    _begin(world, server, 'unshelving')


def advance(world: World) -> None:
    """Let everything happen that is due by now."""
    now = world.now()
    for uuid in [uuid for uuid, ends_at in world.shelvings.items() if ends_at <= now]:
        del world.shelvings[uuid]
        server = world.servers.get(uuid)
        if server is not None:
            _finish(world, server)


def _begin(world: World, server: Server, task: str) -> None:
    world.change(server.uuid, task_state=task)
    world.shelvings[server.uuid] = world.now() + SECONDS[task]


def _finish(world: World, server: Server) -> None:
    task = server.task_state or ''
    failure = world.faults.why_migration_fails(server.uuid)
    if failure is None and task == 'shelving':
        _note(world, server, task, None)
        _begin(world, world.change(server.uuid, vm_state=SHELVED), 'shelving_offloading')
    elif failure is None:
        _end(world, server, task, None)
        world.change(server.uuid, vm_state='active' if task == 'unshelving' else OFFLOADED)
        if task == 'shelving_offloading':
            _give_up_host(world, server)
    else:
        _end(world, server, task, failure)
        if server.vm_state == OFFLOADED:
            _give_up_host(world, server)


def _end(world: World, server: Server, task: str, failure: str | None) -> None:
    world.change(server.uuid, task_state=None)
    _note(world, server, task, failure)


def _note(world: World, server: Server, task: str, failure: str | None) -> None:
    now = world.now()
    newest = world.actions[server.uuid][-1]
    world.add_event(server.uuid, newest.request, Event(
        _EVENTS[task], now, now, 'Error' if failure else 'Success', failure, world.host_name(server.host)))


def _give_up_host(world: World, server: Server) -> None:
    if server.host is not None:
        world.ledger.release(server.uuid)
        world.unseat(world.servers[server.uuid])
