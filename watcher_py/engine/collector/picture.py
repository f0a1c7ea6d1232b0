# SPDX-License-Identifier: Apache-2.0
"""The lists of the cloud as they were read, before they are put together."""

from dataclasses import dataclass, fields

from watcher_py.cloud.compute_rows import (
    HostAggregate,
    Hypervisor,
    MigrationNow,
    Server,
    ServerGroup,
    ServiceNow,
)
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement_rows import Provider


@dataclass(frozen=True)
class Picture:
    """Nova's and Placement's word about the compute part of the cloud."""

    hypervisors: Listing[Hypervisor]
    services: Listing[ServiceNow]
    aggregates: Listing[HostAggregate]
    groups: Listing[ServerGroup]
    servers: Listing[Server]
    migrations: Listing[MigrationNow]       # of any kind, that run or wait for a word
    providers: Listing[Provider]            # root ones with their trees; what can't be read is absent

    @property
    def is_whole(self) -> bool:
        return all(getattr(self, part.name).is_whole for part in fields(self))


NOTHING = Picture(Listing(), Listing(), Listing(), Listing(), Listing(), Listing(), Listing())
