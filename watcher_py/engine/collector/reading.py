# SPDX-License-Identifier: Apache-2.0
"""Nova and Placement read into a Picture: all of it, or what has changed since."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import Hypervisor, ServiceNow
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.placement_rows import Provider
from watcher_py.engine.collector.assemble_nodes import is_compute_node
from watcher_py.engine.collector.merged import all_read, changes_read, joined, stood_in
from watcher_py.engine.collector.picture import NOTHING, Picture

LOG = logging.getLogger(__name__)
Row = TypeVar('Row')

LISTS = 6                       # that are asked for at once


class Reader:
    """Asks for the lists side by side; what can't be read is missing in the Picture, and raises nothing."""

    def __init__(self, compute: Compute, placement: Placement, patience: float = 600.0) -> None:
        self._compute = compute
        self._placement = placement
        self._patience = patience       # seconds until a list that does not come counts as missing

    def read(self, before: Picture = NOTHING, since: str | None = None) -> Picture:
        """The cloud now; with `since` (ISO 8601) only servers and providers that changed are asked for.

        Rows of the picture before stand in for those that should come and don't.
        """
        asking = _Asking(self._patience)
        try:
            return self._read(asking, before, since)
        finally:
            asking.close()

    def _read(self, asking: '_Asking', before: Picture, since: str | None) -> Picture:
        ask, nova = asking.ask, self._compute
        coming_servers = ask('servers', lambda: nova.servers(changed_since=since))
        coming_hypervisors = ask('hypervisors', nova.hypervisors)
        coming_services = ask('services', nova.services)
        aggregates, groups = ask('aggregates', nova.aggregates), ask('server groups', nova.server_groups)
        migrations = ask('migrations', nova.migrations)
        services = coming_services()
        hypervisors = _plausible(coming_hypervisors(), services, before)
        # After the servers: what moved meanwhile shows as a difference, never as room.
        servers = coming_servers()
        providers = ask('providers', lambda: self._providers(hypervisors, before))()
        hosts_joined = joined(hypervisors, before.providers, providers)
        return Picture(
            hypervisors=stood_in(hypervisors, before.hypervisors, lambda one: one.uuid),
            # Whether a host takes servers now, no earlier word can tell.
            services=services,
            aggregates=stood_in(aggregates(), before.aggregates, lambda one: one.id),
            groups=stood_in(groups(), before.groups, lambda one: one.uuid),
            servers=(changes_read if since else all_read)(servers, before.servers, hosts_joined),
            migrations=stood_in(migrations(), before.migrations, lambda one: (one.server, one.id)),
            providers=providers)

    def _providers(self, hypervisors: Listing[Hypervisor], before: Picture) -> Listing[Provider]:
        return self._placement.read({one.uuid: one.sizes for one in hypervisors.rows if is_compute_node(one)},
                                    {one.uuid: one for one in before.providers.rows})


class _Asking:
    """Calls side by side; one that does not end in time is left behind."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._threads = ThreadPoolExecutor(LISTS, 'reading')
        self._is_left_behind = False

    def ask(self, what: str, call: Callable[[], Listing[Row]]) -> Callable[[], Listing[Row]]:
        """Make the call; the answer is waited for when it is asked for."""
        until = time.monotonic() + self._patience
        coming = self._threads.submit(_timed, what, call)

        def answer() -> Listing[Row]:
            try:
                return coming.result(max(until - time.monotonic(), 0))
            except TimeoutError:
                self._is_left_behind = True
                return Listing((), f'{what}: no answer in {self._patience:.0f} s')
        return answer

    def close(self) -> None:
        self._threads.shutdown(wait=not self._is_left_behind, cancel_futures=True)


def _timed(what: str, call: Callable[[], Listing[Row]]) -> Listing[Row]:
    began = time.monotonic()
    found = call()
    LOG.debug('Read %d %s in %.2f s%s', len(found.rows), what, time.monotonic() - began,
              '' if found.is_whole else f'; {found.missing}')
    return found


def _plausible(hypervisors: Listing[Hypervisor], services: Listing[ServiceNow],
               before: Picture) -> Listing[Hypervisor]:
    """A cloud that has compute services, or had hypervisors, does not have none."""
    if hypervisors.rows or not hypervisors.is_whole or not (services.rows or before.hypervisors.rows):
        return hypervisors
    return Listing((), 'Nova lists no hypervisor')
