# SPDX-License-Identifier: Apache-2.0
"""Cinder: everything that the cloud stores in a few bulk calls, and the deeds a plan needs."""

from openstack.connection import Connection

from watcher_py.cloud import volume_rows as rows
from watcher_py.cloud.endpoint import Endpoint
from watcher_py.cloud.listing import Listing, listing, understood
from watcher_py.cloud.volume_rows import PoolNow, SnapshotNow, VolumeMessage, VolumeNow, VolumeService
from watcher_py.core.storage import VolumeType

MINIMUM = (3, 0)
WANTED = (3, 61)                # what backends say of themselves, and the clusters that volumes belong to
WITH_MESSAGES = (3, 5)          # of one resource


class Volumes:
    """Cinder's API in the operator's words; what can't be read is told by each list.

    Of one volume, NotFound, Refused or Unavailable tell what Cinder said.
    """

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

    def is_of_cluster(self, pool: str) -> bool:
        """Whether services share the pool: Cinder wants to be told that, with a request about it."""
        return pool.partition('#')[0] in {one.cluster for one in self.services().rows}

    def snapshots(self) -> Listing[SnapshotNow]:
        return listing('volume snapshots', self._cinder.every('/snapshots', 'snapshots', all_tenants=1),
                       rows.snapshot_now)

    # One volume.

    def volume(self, uuid: str) -> VolumeNow:
        return understood('the volume', self._cinder.one(f'/volumes/{uuid}', 'volume'), rows.volume_now)

    def migrate(self, uuid: str, pool: str, is_of_cluster: bool = False) -> None:
        """To the pool of this name; what is not in use can't be used until it is there."""
        how = {'cluster' if is_of_cluster else 'host': pool, 'lock_volume': True, 'force_host_copy': False}
        self._cinder.post(f'/volumes/{uuid}/action', {'os-migrate_volume': how})

    def retype(self, uuid: str, new_type: str) -> None:
        """To the type of this name or id; it moves to another pool where it has to."""
        how = {'new_type': new_type, 'migration_policy': 'on-demand'}
        self._cinder.post(f'/volumes/{uuid}/action', {'os-retype': how})

    def messages(self, uuid: str) -> list[VolumeMessage]:
        """What went wrong with the volume, in Cinder's words, the newest first."""
        if self._cinder.version < WITH_MESSAGES:
            return []
        found = self._cinder.every('/messages', 'messages', resource_uuid=uuid, sort='created_at:desc')
        return [understood('a message', row, rows.volume_message) for row in found]
