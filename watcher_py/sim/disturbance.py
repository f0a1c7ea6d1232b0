# SPDX-License-Identifier: Apache-2.0
"""How servers disturb each other: they take the host's cache from one another, and wait for its CPUs."""

from collections.abc import Iterator

from watcher_py.sim import workload
from watcher_py.sim.records import HALTED, OFF, Server
from watcher_py.sim.world import World

# What changed has always changed so many seconds ago: a cloud whose clock flies would grow quiet at once.
CHANGED_AGO = 100.0

Values = Iterator[tuple[Server, float]]


def cache(world: World, start: float, end: float) -> Values:
    """B of the L3 cache, mean from start to end.

    A server whose use fell stands beside one whose use rose; without such a neighbour it has what it had.
    """
    window = max(end - start, 1.0)
    lately = min(1.0, CHANGED_AGO / window)
    for server in _running(world):
        if server.cache is None:
            continue
        before = server.cache if server.quiet_cache is None else server.quiet_cache
        now = server.cache
        if now < before and not any(_is_rising(other) for other in _beside(world, server)):
            now = before
        yield server, now * lately + before * (1 - lately)


def steal(world: World, start: float, end: float) -> Values:
    """% of its vCPUs' time that a server waits for a CPU; it goes with what those beside it use."""
    for server in _running(world):
        if server.steal is not None:
            company = sum((workload.cpu_mean(other, start, end) or 0.0) / 100 * other.flavor.sizes.vcpus
                          for other in _beside(world, server))
            yield server, min(100.0, server.steal * (company / server.company if server.company else 1.0))


def _is_rising(server: Server) -> bool:
    return server.cache is not None and server.quiet_cache is not None and server.cache > server.quiet_cache


def _running(world: World) -> Iterator[Server]:
    return (server for server in world.servers.values() if server.vm_state not in OFF + HALTED)


def _beside(world: World, server: Server) -> Iterator[Server]:
    if server.host is not None:
        yield from (other for other in world.residents(server.host)
                    if other.uuid != server.uuid and other.vm_state not in OFF + HALTED)
