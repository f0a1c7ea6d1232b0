# SPDX-License-Identifier: Apache-2.0
"""What Placement says of classes beyond the three sizes, the node's own and of what is nested in it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watcher_py.cloud.placement import Inventory as Counted
from watcher_py.cloud.placement import Provider as Found
from watcher_py.core.cluster import RESOURCES, Cluster, Inventory, Provider
from watcher_py.core.further import with_further
from watcher_py.core.numa import CELL_SHARE


def with_providers(cluster: Cluster, found: Sequence[Found | None]) -> Cluster:
    """The cluster of three columns with those that its nodes' providers add; what is allocated to no
    server is held, and a node that counts less than its servers take is not known.
    """
    nodes = replace(cluster.nodes, providers=tuple(_providers(one, {}) for one in found))
    wide = with_further(replace(cluster, nodes=nodes))
    if wide.resources == RESOURCES:
        return wide
    used, known = wide.used(), nodes.known.copy()
    over: list[dict[str, float]] = [{} for _ in found]
    for column, name in enumerate(wide.resources):
        if name not in (*RESOURCES, CELL_SHARE):
            allocated = np.array([_allocated(one, name) for one in found])
            known &= allocated >= used[:, column]
            for row in np.flatnonzero(allocated > used[:, column]).tolist():
                over[row][name] = float(allocated[row] - used[row, column])
    held = tuple(_providers(one, extra) for one, extra in zip(found, over, strict=True))
    return with_further(replace(cluster, nodes=replace(nodes, providers=held, known=known)))


def _allocated(found: Found | None, name: str) -> float:
    return sum(one.usages.get(name, 0) for one in (found, *found.children)) if found else math.inf


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
