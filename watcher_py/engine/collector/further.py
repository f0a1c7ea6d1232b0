# SPDX-License-Identifier: Apache-2.0
"""What Placement has of classes beyond the three sizes, and what it counts over what servers take."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watcher_py.cloud.placement_rows import Inventory as Counted
from watcher_py.cloud.placement_rows import Provider as Found
from watcher_py.core.cluster import RESOURCES, Cluster, Floats, Inventory, Provider
from watcher_py.core.further import with_further
from watcher_py.core.numa import CELL_SHARE


def counted(cluster: Cluster, found: Sequence[Found | None]) -> tuple[Cluster, Floats]:
    """The cluster of three columns with those that its nodes' providers add, and what Placement counts over
    what the servers take [N, all columns]; what is over is held. Of an unknown provider nothing is over.
    """
    nodes = replace(cluster.nodes, providers=tuple(_providers(one, {}) for one in found))
    wide = with_further(replace(cluster, nodes=nodes))
    surplus = _allocated(wide, found) - wide.used()
    surplus[[one is None for one in found]] = 0
    surplus[:, [name == CELL_SHARE for name in wide.resources]] = 0
    over = np.maximum(surplus, 0)
    further = list(enumerate(wide.resources))[len(RESOURCES):]
    if not over[:, len(RESOURCES):].any():
        return replace(wide, nodes=replace(wide.nodes, held=over)), surplus
    providers = tuple(
        _providers(one, {name: float(extra[column]) for column, name in further if extra[column]})
        for one, extra in zip(found, over, strict=True))
    return with_further(replace(cluster, nodes=replace(
        nodes, providers=providers, held=over[:, :len(RESOURCES)]))), surplus


def _allocated(cluster: Cluster, found: Sequence[Found | None]) -> Floats:
    """Of the three sizes what is taken of the node itself, of others what of it and what is nested in it."""
    rows = [[_taken(one, name) for name in cluster.resources] if one else [0.0] * len(cluster.resources)
            for one in found]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(cluster.resources))


def _taken(found: Found, name: str) -> float:
    nested = () if name in RESOURCES else found.children
    return sum((one.usages.get(name, 0) for one in nested), found.usages.get(name, 0))


def _providers(found: Found | None, over: Mapping[str, float]) -> tuple[Provider, ...]:
    """As core names them; `over` is held, of each class by the providers in turn as far as they are used."""
    left = dict(over)
    named = [('', found), *((one.uuid, one) for one in found.children)] if found else []
    made = [Provider(name, {resource: _inventory(one, resource, counted, left)
                            for resource, counted in sorted(one.inventories.items())
                            if resource not in RESOURCES}, one.traits if name else frozenset())
            for name, one in named]
    return tuple(one for one in made if one.inventories)


def _inventory(found: Found, name: str, counted: Counted, left: dict[str, float]) -> Inventory:
    held = min(left.get(name, 0.0), found.usages.get(name, 0.0))
    left[name] = left.get(name, 0.0) - held
    most = math.inf if counted.max_unit is None else counted.max_unit
    return Inventory(counted.total, counted.reserved, counted.allocation_ratio, held, counted.min_unit, most,
                     counted.step_size)
