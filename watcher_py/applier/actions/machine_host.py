# SPDX-License-Identifier: Apache-2.0
"""Which machine a compute node runs on, and whether anything would go down with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from watcher_py.applier.actions.contract import Cloud
from watcher_py.cloud.baremetal import MachineNow
from watcher_py.cloud.compute_rows import Hypervisor
from watcher_py.cloud.listing import Listing
from watcher_py.core.errors import NotFound, Refused, Unavailable

# So many servers are named in a sentence.
NAMED = 3

Row = TypeVar('Row')


@dataclass(frozen=True)
class MachineHost:
    """A machine; `host` is that of the compute service which runs on it, None where nobody knows of one."""

    uuid: str
    host: str | None


def find_machine(cloud: Cloud, names: Collection[str]) -> MachineHost:
    """By its uuid or name, or through the compute node that goes by one of these names.

    NotFound where there is none, Refused where it can't be told which.
    """
    nodes = _whole(cloud.compute.hypervisors())
    machines = _whole(cloud.machines.machines())
    machine = _named(machines, names) or _running(machines, nodes, names)
    node = _node_of(machine, nodes)
    if node is not None and len(_machines_of(node, machines, nodes)) > 1:
        raise Refused(f'several machines are noted as compute node {node.name}')
    return MachineHost(machine.uuid, node.host if node else None)


def check_is_empty(cloud: Cloud, found: MachineHost) -> None:
    """Refused unless it is known that no server is on it, leaves it or can come to it."""
    if found.host is None:
        raise Refused(f'nobody knows what runs on machine {found.uuid}: its `extra` names no compute node of '
                      'Nova\'s as its compute_node_id')
    _check_is_disabled(cloud, found.host)
    if stand := [server.name or server.uuid for server in cloud.compute.servers_on(found.host)]:
        raise Refused(f'host {found.host} is not empty, it has {_counted(stand)}')
    moves = cloud.compute.migrations()
    if moves.missing:
        raise Unavailable(moves.missing)
    if ways := [one.server for one in moves.rows if found.host in (one.source, one.target)]:
        raise Refused(f'host {found.host} is not empty, it has migrations under way, of {_counted(ways)}')


def _check_is_disabled(cloud: Cloud, host: str) -> None:
    try:
        is_open = cloud.compute.service(host).enabled
    except NotFound:
        is_open = False
    if is_open:
        raise Refused(f'the compute service of {host} is enabled: servers could come to it; disable it first')


def _named(machines: Sequence[MachineNow], names: Collection[str]) -> MachineNow | None:
    found = [one for one in machines if one.uuid in names] or [one for one in machines if one.name in names]
    return found[0] if found else None


def _running(machines: Sequence[MachineNow], nodes: Sequence[Hypervisor],
             names: Collection[str]) -> MachineNow:
    for node in nodes:
        if node.uuid in names or node.name in names or node.host in names:
            found = _machines_of(node, machines, nodes)
            if found:
                return found[0]
    raise NotFound(f'Ironic knows no machine {" or ".join(names)}, and none that is noted to run that node')


def _machines_of(node: Hypervisor, machines: Sequence[MachineNow],
                 nodes: Sequence[Hypervisor]) -> list[MachineNow]:
    return [machine for machine in machines if _node_of(machine, nodes) == node]


def _node_of(machine: MachineNow, nodes: Sequence[Hypervisor]) -> Hypervisor | None:
    """What the operator has noted counts first, then the uuid, which a node and its machine may share."""
    noted = machine.compute_node or machine.uuid
    found = ([node for node in nodes if node.uuid == noted]
             or [node for node in nodes if noted in (node.name, node.host)])
    return found[0] if len(found) == 1 else None


def _whole(listed: Listing[Row]) -> tuple[Row, ...]:
    """What isn't known may be just what is looked for."""
    if listed.missing:
        raise Unavailable(listed.missing)
    return listed.rows


def _counted(names: Sequence[str]) -> str:
    named, left = ', '.join(names[:NAMED]), len(names) - NAMED
    return f'{named} and {left} more' if left > 0 else named
