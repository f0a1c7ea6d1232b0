# SPDX-License-Identifier: Apache-2.0
"""NUMA cells as one more resource: what share of a cell a server takes.

A server with a topology of one cell must find its CPUs and its memory, in pages of its size, in the
same cell, and in which cells the servers of a node are is not known. The share that it takes of the
smallest cell anywhere, in whatever it takes most of, is a single number, of which the rule in
core/further.py then holds: as long as the shares stay within the sure room, some cell has all it needs.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from watcher_py.core.cluster import MEMORY_MB, VCPU, Bools, Cell, Cluster, Floats, Ints
from watcher_py.core.request import SMALL_PAGE, Request

# Placement's classes are in capitals, so that this name is free.
CELL_SHARE = 'numa_cells'
_EXACT = 1e-9


def why_unclear(request: Request, cells: Sequence[Sequence[Cell]]) -> str:
    """Why it can't be told which nodes have a cell for the server; '' where it can."""
    if not request.cells:
        return ''
    if not any(cells):
        return 'it has a NUMA topology, and the NUMA cells of no node are known'
    if request.cells > 1:
        return f'it spans {request.cells} NUMA cells, and which of them are free on a node is not known'
    if not _pages(request, cells).isdecimal():
        return f'it takes "{request.page_size}" pages, and nodes have several sizes of them'
    return ''


def has_such_cells(request: Request, cells: Sequence[Sequence[Cell]]) -> Bools:
    """[N] The nodes each cell of which has what the server takes, were nobody else there."""
    pages = _pages(request, cells)
    return np.array([bool(own) and all(
        cell.pages.get(pages, 0.0) and (cell.pcpus or not request.is_dedicated)
        and (cell.vcpus or request.value('hw:cpu_policy') == 'dedicated') for cell in own)
        for own in cells], dtype=bool)


def cell_shares(cluster: Cluster, pcpus: Floats, codes: Ints,
                requests: Sequence[Request]) -> tuple[Floats, Floats] | None:
    """The share of a cell that each server takes [S], and the sure room of each node [N]; None when
    no server that has a topology can be placed.

    `pcpus` are the CPUs that servers have for themselves: [S].
    """
    cells = cluster.nodes.cells
    spans = np.array([request.cells for request in requests], dtype=float)[codes]
    is_clear = np.array([bool(request.cells) and not why_unclear(request, cells) for request in requests],
                        dtype=bool)[codes]
    if not is_clear.any():
        return None
    pages = sorted({key for own in cells for cell in own for key in cell.pages})
    wanted = _wanted(cluster, pcpus, codes, requests, pages)
    node, has = _cells(cluster, pages)
    smallest = np.where(has > 0, has, np.inf).min(axis=0)
    shares = (wanted / smallest).max(axis=1)
    in_use = (wanted > 0).any(axis=0)
    sizes = np.where((has > 0) & in_use, has / smallest, np.inf).min(axis=1)
    # A node takes no more of them where it is not known how much memory of which size one has.
    is_odd = np.array([request.cells > 0 and not _pages(request, cells).isdecimal() for request in requests],
                      dtype=bool)[codes]
    odd = np.bincount(cluster.servers.node[is_odd], minlength=len(cells)) > 0
    each = shares / np.maximum(spans, 1)
    room = _sure_room(node, sizes, each, float(each[is_clear].max()), len(cells))
    return shares, np.where(odd, 0.0, room)


def _wanted(cluster: Cluster, pcpus: Floats, codes: Ints, requests: Sequence[Request],
            pages: Sequence[str]) -> Floats:
    """[S, 2 + pages] Shared CPUs, own CPUs and memory by page size of the servers with a topology."""
    servers, cells = cluster.servers, cluster.nodes.cells
    size = np.array([[_pages(request, cells) == page and request.cells > 0 for page in pages]
                     for request in requests], dtype=float).reshape(len(requests), len(pages))[codes]
    has_topology = np.array([request.cells > 0 for request in requests], dtype=float)[codes]
    return np.column_stack([servers.demand[:, VCPU] * has_topology, pcpus * has_topology,
                            size * servers.demand[:, [MEMORY_MB]]])


def _cells(cluster: Cluster, pages: Sequence[str]) -> tuple[Ints, Floats]:
    """All cells of all nodes: the node of each [K], and what it has [K, 2 + pages]."""
    ratio = cluster.nodes.ratio[:, VCPU].tolist()
    rows = [(node, [cell.vcpus * ratio[node], cell.pcpus, *(cell.pages.get(page, 0.0) for page in pages)])
            for node, own in enumerate(cluster.nodes.cells) for cell in own]
    return (np.array([node for node, _ in rows], dtype=np.int64),
            np.array([has for _, has in rows], dtype=float).reshape(len(rows), 2 + len(pages)))


def _sure_room(node: Ints, sizes: Floats, shares: Floats, largest: float, nodes: int) -> Floats:
    """[N] As in core/further.py; the unit is the smallest share where all are multiples of it."""
    taken = shares[shares > 0]
    unit = float(taken.min(initial=largest))
    is_granular = bool((np.abs(taken / unit - np.round(taken / unit)) < _EXACT).all())
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    if is_granular:
        sizes = np.floor(sizes / unit + _EXACT) * unit
    others = np.maximum(np.bincount(node, minlength=nodes) - 1, 0)
    slack = largest - unit if is_granular else largest
    return np.maximum(np.bincount(node, sizes, nodes) - others * slack, 0.0)


def _pages(request: Request, cells: Iterable[Iterable[Cell]]) -> str:
    """The page size that the server gets, in KiB; what it asks for where that leaves a choice."""
    asked = request.page_size or str(SMALL_PAGE)
    if asked != 'large':
        return asked
    large = {key for own in cells for cell in own for key in cell.pages} - {str(SMALL_PAGE)}
    return large.pop() if len(large) == 1 else asked
