# SPDX-License-Identifier: Apache-2.0
"""Cinder: everything that the cloud stores, in a few bulk calls."""

from openstack.connection import Connection

from watcher_py.cloud import volume_rows as rows
from watcher_py.cloud.endpoint import Endpoint
from watcher_py.cloud.listing import Listing, listing
from watcher_py.cloud.volume_rows import PoolNow, SnapshotNow, VolumeNow, VolumeService
from watcher_py.core.storage import VolumeType

MINIMUM = (3, 0)
WANTED = (3, 61)                # what backends say of themselves, and the clusters that volumes belong to


class Volumes:
    """Cinder's API in the operator's words; what can't be read is told by each list."""

    def __init__(self, connection: Connection, tries: int = 3, interval: float = 2.0) -> None:
        self._cinder = Endpoint(connection, 'block_storage', 'Cinder', MINIMUM, WANTED, tries, interval)

    def is_offered(self) -> bool:
        """Whether the cloud has Cinder at all; Unavailable when Keystone doesn't answer."""
        return self._cinder.is_offered()

    def pools(self) -> Listing[PoolNow]:
        found = self._cinder.rows('/scheduler-stats/get_pools', 'pools', detail='true')
        return listing('storage pools', found, rows.pool_now)

    def services(self) -> Listing[VolumeService]:
        found = self._cinder.rows('/os-services', 'services', binary='cinder-volume')
        return listing('volume services', found, rows.volume_service)

    def types(self) -> Listing[VolumeType]:
        # Without this, those that only some projects may use would be left out.
        found = self._cinder.every('/types', 'volume_types', is_public='None')
        return listing('volume types', found, rows.volume_type)

    def volumes(self) -> Listing[VolumeNow]:
        """The volumes of all projects; one that is created or deleted between pages can be listed twice."""
        return listing('volumes', self._cinder.every('/volumes/detail', 'volumes', all_tenants=1),
                       rows.volume_now)

    def snapshots(self) -> Listing[SnapshotNow]:
        return listing('volume snapshots', self._cinder.every('/snapshots', 'snapshots', all_tenants=1),
                       rows.snapshot_now)
