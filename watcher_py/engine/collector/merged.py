# SPDX-License-Identifier: Apache-2.0
"""A list that was read again, and the one that was known before, as one that tells the truth."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from watcher_py.cloud.compute_rows import Hypervisor, Server
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement_rows import Provider
from watcher_py.engine.collector.assemble_servers import latest

Row = TypeVar('Row')


def stood_in(new: Listing[Row], old: Listing[Row], key: Callable[[Row], Hashable]) -> Listing[Row]:
    """Rows known before stand in for those that a broken list lacks; it counts as broken still."""
    if new.is_whole:
        return new
    return Listing(tuple({key(row): row for row in (*old.rows, *new.rows)}.values()), new.missing)


def all_read(new: Listing[Server], old: Listing[Server], hosts_joined: frozenset[str]) -> Listing[Server]:
    """All servers; where some did not come, those known before stand in, but on no host that was joined."""
    return changes_read(new, Listing() if new.is_whole else old, hosts_joined)


def changes_read(changes: Listing[Server], old: Listing[Server],
                 hosts_joined: frozenset[str]) -> Listing[Server]:
    """The servers known before, as those are now that have changed since."""
    # While the changes are missing, a host may look right by chance: one left, another of its size came.
    kept = old.rows if changes.is_whole else [row for row in old.rows if row.host not in hosts_joined]
    gone = {row.uuid for row in changes.rows if row.is_deleted}
    rows = latest((*kept, *changes.rows))
    return Listing(tuple(row for uuid, row in rows.items() if uuid not in gone),
                   changes.missing or old.missing)


def joined(hypervisors: Listing[Hypervisor], old: Listing[Provider],
           new: Listing[Provider]) -> frozenset[str]:
    """The hosts on which something may have been allocated in between.

    Placement raises a provider's generation with all that is allocated, though not with all that is freed: on
    the other hosts nobody has come, and where as much is taken as before nobody has left. Hosts of which
    Placement tells nothing now are frozen anyway.
    """
    before = {provider.uuid: provider.generation for provider in old.rows}
    now = {provider.uuid: provider.generation for provider in new.rows}
    return frozenset(one.host for one in hypervisors.rows if one.uuid in now and (
        now[one.uuid] is None or before.get(one.uuid) != now[one.uuid]))
