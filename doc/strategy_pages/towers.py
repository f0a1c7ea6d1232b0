# SPDX-License-Identifier: Apache-2.0
"""A cluster as it is drawn: nodes and pools as towers, servers and volumes as the blocks in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from strategy_pages.looks import ATTACHED, PLAIN
from strategy_pages.runs import Run
from watcher_py.core.changes import Migrate, MoveVolume
from watcher_py.core.cluster import VCPU
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot


@dataclass(frozen=True)
class Block:
    """A server or a volume; `size` is a share of the picture's height."""

    key: str
    name: str
    size: float
    color: str = PLAIN
    use: float = 0.0
    is_locked: bool = False
    is_off: bool = False


@dataclass(frozen=True)
class Tower:
    """A node or a pool, and what stands in it, from the bottom."""

    name: str
    size: float
    blocks: tuple[Block, ...] = ()
    own: float = 0.0
    caption: str = ''
    is_closed: bool = False
    is_dark: bool = False

    @property
    def filled(self) -> float:
        return self.own + sum(block.size for block in self.blocks)


def both(run: Run) -> tuple[list[Tower], list[Tower], set[str]]:
    """The towers before and after, and the keys of what moves; that stands on top, before and after."""
    before, after = _towers(run, run.before), _towers(run, run.after)
    was, ends = _places(before), _places(after)
    moved = {key for key in was if ends[key] != was[key]}
    most = max(1.0, *(tower.filled for tower in (*before, *after)))
    return ([_drawn(tower, moved, most) for tower in before],
            [_drawn(tower, moved, most) for tower in after], moved)


def _places(towers: Sequence[Tower]) -> dict[str, int]:
    return {block.key: place for place, tower in enumerate(towers) for block in tower.blocks}


def _drawn(tower: Tower, moved: set[str], most: float) -> Tower:
    """So low that the fullest is in the picture, though it may be full beyond its room."""
    blocks = sorted(tower.blocks, key=lambda block: block.key in moved)
    return replace(tower, size=tower.size / most, own=tower.own / most,
                   blocks=tuple(replace(block, size=block.size / most) for block in blocks))


def _towers(run: Run, snapshot: Snapshot) -> list[Tower]:
    """The nodes, unless nothing but volumes moves; and the pools, if any do."""
    moves = [action.change for action in run.plan.actions if isinstance(action.change, Migrate | MoveVolume)]
    has_volumes = any(isinstance(change, MoveVolume) for change in moves)
    has_nodes = not has_volumes or any(isinstance(change, Migrate) for change in moves)
    return [*(_nodes(run, snapshot) if has_nodes else ()), *(_pools(snapshot) if has_volumes else ())]


def _nodes(run: Run, snapshot: Snapshot) -> Iterator[Tower]:
    example, nodes, machines = run.example, snapshot.cluster.nodes, snapshot.cluster.machines
    rooms, most = nodes.total[:, VCPU].tolist(), float(nodes.total[:, VCPU].max())
    off = {row for row, power in zip(machines.node.tolist(), machines.power_state, strict=True)
           if power == 'power off'}
    for node, room in enumerate(rooms):
        said = (example.caption(snapshot, node),
                'off' if node in off else '' if nodes.enabled[node] else 'disabled')
        yield Tower(nodes.name[node], room / most, tuple(_servers(run, snapshot, node, most)),
                    example.own(run.before, node) / most, ', '.join(filter(None, said)),
                    not nodes.enabled[node], node in off)


def _servers(run: Run, snapshot: Snapshot, node: int, most: float) -> Iterator[Block]:
    servers, example = snapshot.cluster.servers, run.example
    use = snapshot.readings.column(Metric.INSTANCE_CPU, len(servers))
    for row in range(len(servers)):
        if servers.node[row] == node:
            yield Block(servers.uuid[row], servers.name[row], example.size(snapshot, row) / most,
                        example.color(snapshot, row), use[row] / 100 if example.is_use_shown else 0.0,
                        bool(servers.locked[row]), servers.state[row] == 'stopped')


def _pools(snapshot: Snapshot) -> Iterator[Tower]:
    pools, volumes = snapshot.cluster.storage.pools, snapshot.cluster.storage.volumes
    most = float(pools.total.max())
    for pool, total in enumerate(pools.total.tolist()):
        held = [row for row in range(len(volumes)) if volumes.pool[row] == pool]
        blocks = tuple(Block(volumes.uuid[row], volumes.name[row], float(volumes.size[row]) / most,
                             ATTACHED if volumes.attached_to[row] else PLAIN) for row in held)
        full = 100 * sum(volumes.size[row] for row in held) / total
        name = pools.name[pool].partition('#')[2] or pools.name[pool]
        yield Tower(f'pool {name}', total / most, blocks, 0.0, f'{full:.0f} % full')
