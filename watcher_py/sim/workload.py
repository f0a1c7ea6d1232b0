# SPDX-License-Identifier: Apache-2.0
"""What the servers do all day: each one's CPU follows a daily curve around its mean; RAM is steady."""

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache

from watcher_py.sim.records import HALTED, OFF, Host, Server
from watcher_py.sim.world import World

DAY = 86400.0
BUSIEST_SWING = 0.6
MIB = 1048576.0
_OMEGA = 2 * math.pi / DAY


def cpu_mean(server: Server, start: float, end: float) -> float | None:
    """% of its vCPUs, mean from start to end; None when nobody measures it."""
    if server.cpu_util is None or server.vm_state in OFF:
        return None
    if server.vm_state in HALTED:
        return 0.0
    phase, swing = rhythm(server.uuid, server.cpu_util)
    return server.cpu_util * (1 + swing * _mean_sine(phase, start, end))


@lru_cache(1 << 16)
def rhythm(server: str, level: float) -> tuple[float, float]:
    """When in the day the server is busiest, and by how much of its mean; never beyond 100 %."""
    digest = hashlib.blake2b(server.encode(), digest_size=8).digest()
    # Most of a cloud follows its office hours, so the phases keep to a third of the circle.
    phase = int.from_bytes(digest[:4]) / 2**32 * 2 * math.pi / 3
    swing = int.from_bytes(digest[4:]) / 2**32 * BUSIEST_SWING
    return phase, min(swing, max(0.0, 100 / level - 1)) if level > 0 else 0.0


def ram_used(server: Server) -> float | None:
    return None if server.vm_state in OFF else server.ram_used


def host_cpu(world: World, start: float, end: float) -> Iterator[tuple[Host, float]]:
    """% of the physical CPUs of every host that is measured."""
    for host in _measured(world):
        if host.overhead_cores is not None and host.total.vcpus:
            cores = host.overhead_cores + sum(
                (cpu_mean(server, start, end) or 0.0) / 100 * server.flavor.sizes.vcpus
                for server in world.residents(host.uuid))
            yield host, min(100.0, cores / host.total.vcpus * 100)


def host_ram(world: World) -> Iterator[tuple[Host, float]]:
    """MiB in use on every host that is measured."""
    for host in _measured(world):
        if host.overhead_ram is not None:
            yield host, min(float(host.total.ram_mb), host.overhead_ram + sum(
                ram_used(server) or 0.0 for server in world.residents(host.uuid)))


def _measured(world: World) -> Iterator[Host]:
    return (host for host in world.hosts.values() if host.up)


def _mean_sine(phase: float, start: float, end: float) -> float:
    if end - start < 1:
        return math.sin(_OMEGA * end + phase)
    return ((math.cos(_OMEGA * start + phase) - math.cos(_OMEGA * end + phase)) / (_OMEGA * (end - start)))
