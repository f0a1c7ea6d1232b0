# SPDX-License-Identifier: Apache-2.0
"""The machines of the cloud, as Ironic tells them, and the compute nodes that run on them."""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from watcher_py.cloud.baremetal import Baremetal, MachineNow
from watcher_py.cloud.listing import Listing
from watcher_py.core.cluster import Nodes
from watcher_py.core.columns import NO_ROW
from watcher_py.core.errors import WatcherError
from watcher_py.core.machines import Machines
from watcher_py.engine.collector.condition import Condition, named
from watcher_py.engine.collector.merged import stood_in

LOG = logging.getLogger(__name__)

Collected = tuple[Machines, tuple[str, ...]]
LONG_AGO = -math.inf


class MachineCollector:
    """Reads the machines when asked, and keeps them; for any threads."""

    def __init__(self, ironic: Baremetal, period: float = 3600.0,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._ironic = ironic
        self._period = period
        self._clock = clock
        self._reading = Lock()
        self._listed: Listing[MachineNow] = Listing()
        self._begun = LONG_AGO
        self._read_at: float | None = None      # the same in seconds since the epoch

    def newest(self, max_age: float) -> Collected:
        """The machines as they were at most `max_age` seconds ago, and what could not be read of them.

        Where the cloud has no Ironic there are none, and nothing is missing.
        """
        asked = self._clock()
        with self._reading:
            if asked - self._begun > max_age:
                self._read()
            return assemble_machines(self._listed)

    def condition(self) -> Condition:
        """How well the machines are seen; a reading that goes on is not waited for."""
        machines, gaps = assemble_machines(self._listed)
        return Condition('baremetal', self._read_at, self._listed.missing or '',
                         named(machines.name, ~machines.known), gaps)

    def keep_up(self) -> None:
        """Read anew when it is time; nothing before somebody has asked."""
        with self._reading:
            if self._begun > LONG_AGO and self._clock() - self._begun > self._period:
                self._read()

    def _read(self) -> None:
        self._begun, self._read_at = self._clock(), time.time()
        try:
            found = self._ironic.machines() if self._ironic.is_offered() else Listing[MachineNow]()
        except WatcherError as error:
            found = Listing((), f'machines: {error}')
        if found.missing and self._listed.is_whole:
            LOG.warning('The machines are not known in whole. %s', found.missing)
        self._listed = stood_in(found, self._listed, lambda one: one.uuid)


def assemble_machines(listed: Listing[MachineNow]) -> Collected:
    """The machines, tied to no node yet; none is known where the list is not whole."""
    rows = sorted({one.uuid: one for one in listed.rows}.values(), key=lambda one: one.uuid)
    gaps = (f'{listed.missing}; no machine is switched',) if listed.missing else ()
    return Machines(
        uuid=tuple(one.uuid for one in rows), name=tuple(one.name for one in rows),
        compute_node=tuple(one.compute_node for one in rows),
        node=np.full(len(rows), NO_ROW, dtype=np.int64), instance=tuple(one.instance for one in rows),
        power_state=tuple(one.power_state for one in rows),
        target_power_state=tuple(one.target_power_state for one in rows),
        provision_state=tuple(one.provision_state for one in rows),
        maintenance=np.array([one.maintenance for one in rows], dtype=bool),
        maintenance_reason=tuple(one.maintenance_reason for one in rows),
        known=np.array([listed.is_whole and one.power_state is not None for one in rows], dtype=bool)), gaps


def tied(machines: Machines, nodes: Nodes) -> Machines:
    """The machines with the rows of the nodes that run on them.

    What the operator has noted counts first, then the uuid, which a node and its machine may share. A node
    that two machines claim is neither's, for nobody knows which of them it would go down with.
    """
    by_uuid = {uuid: row for row, uuid in enumerate(nodes.uuid)}
    places = _unambiguous([nodes.name, nodes.hypervisor]) | by_uuid
    rows = [places.get(noted or uuid, NO_ROW)
            for noted, uuid in zip(machines.compute_node, machines.uuid, strict=True)]
    claims = Counter(rows)
    disputed = np.array([row != NO_ROW and claims[row] > 1 for row in rows], dtype=bool)
    return replace(machines, node=np.where(disputed, NO_ROW, np.array(rows, dtype=np.int64)),
                   known=machines.known & ~disputed)


def _unambiguous(columns: Sequence[Sequence[str]]) -> dict[str, int]:
    """The row that each name stands in, of the names that stand in one only."""
    rows: dict[str, set[int]] = {}
    for column in columns:
        for row, name in enumerate(column):
            rows.setdefault(name, set()).add(row)
    return {name: min(found) for name, found in rows.items() if len(found) == 1}
