# SPDX-License-Identifier: Apache-2.0
"""Move a volume to another pool, or make it one of another type."""

from functools import cached_property
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.applier.actions.volume_passage import USABLE, Aim, VolumePassage
from watcher_py.cloud.volume_rows import VolumeNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable

# `swap` is an older word for a migration.
MIGRATE, SWAP, RETYPE = 'migrate', 'swap', 'retype'
# Nova exchanges the volume under a running server only.
RUNNING = ('ACTIVE', 'PAUSED')


class VolumeMigrate:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'migration_type': {'type': 'string', 'enum': [MIGRATE, SWAP, RETYPE]},
            'source_node': {'type': ['string', 'null']},
            'destination_node': {'type': ['string', 'null']},
            'destination_type': {'type': ['string', 'null']}},
        'required': ['resource_id', 'migration_type'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Moving a volume to destination_node or destination_type'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'volume_migrate')
        self._is_retype = parameters['migration_type'] == RETYPE
        needed = 'destination_type' if self._is_retype else 'destination_node'
        if not parameters.get(needed):
            raise Invalid(f'volume_migrate: {needed} is needed to {parameters["migration_type"]} a volume')
        self._wanted: str = parameters[needed]
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._cloud = cloud
        self._asking = Asking(settings, run)

    def check(self) -> None:
        try:
            volume = self._asking.at_first(lambda: self._cloud.volumes.volume(self._uuid))
        except NotFound:
            raise Skipped(f'volume {self._name} is gone') from None
        aim = self._asking.at_first(lambda: self._aim)
        if aim.is_reached(volume):
            word = 'of' if self._is_retype else 'in'
            raise Skipped(f'volume {self._name} is {word} {aim} already')
        if aim.pool is not None:
            self._asking.at_first(self._check_pool)
        if volume.status not in USABLE:
            raise Conflict(f'volume {self._name} is {volume.status}, '
                           f'it has to be {" or ".join(sorted(USABLE))}')
        self._check_servers(volume)

    def execute(self) -> None:
        self._way_there().begin()

    def resume(self) -> None:
        self._way_there().resume()

    def verify(self) -> None:
        self._way_there().verify()

    def revert(self) -> None:
        """Give it its former type, and bring it back to its former pool."""
        former_pool, former_type = map(self._asking.run.memory.get, ('pool', 'type'))
        if self._is_retype:
            if not former_type:
                raise Refused(f'volume {self._name} had no type, and Cinder can\'t take one away')
            self._passage(Aim(type=former_type), self._asking.on_the_way_back('retype_back')).take_back()
        if not former_pool:
            raise Refused(f'nobody knows in which pool volume {self._name} was')
        self._passage(Aim(pool=former_pool), self._asking.on_the_way_back('migrate_back')).take_back()

    def abort(self) -> None:
        """Cinder stops no copy; it runs to its end."""

    @cached_property
    def _aim(self) -> Aim:
        """Cinder shows a volume's type by its name; it can be wished by its id too."""
        if not self._is_retype:
            return Aim(pool=self._wanted)
        types = self._cloud.volumes.types()
        for one in types.rows:
            if self._wanted in (one.name, one.uuid):
                return Aim(type=one.name)
        raise _unknown(f'there is no volume type {self._wanted}', types.missing)

    def _way_there(self) -> VolumePassage:
        return self._passage(self._asking.answer(lambda: self._aim, 'the volume types'), self._asking)

    def _passage(self, aim: Aim, asking: Asking) -> VolumePassage:
        return VolumePassage(self._cloud.volumes, self._uuid, self._name, asking, aim)

    def _check_pool(self) -> None:
        pools = self._cloud.volumes.pools()
        found = next((one for one in pools.rows if one.name == self._wanted), None)
        if found is None:
            raise _unknown(f'there is no storage pool {self._wanted}', pools.missing)
        if not found.up:
            raise Refused(f'storage pool {self._wanted} is down')

    def _check_servers(self, volume: VolumeNow) -> None:
        for uuid in volume.attached_to:
            self._check_server(uuid)

    def _check_server(self, uuid: str) -> None:
        """Of one that the volume is attached to; nearly always there is one at most."""
        try:
            server = self._asking.at_first(lambda: self._cloud.compute.server(uuid))
        except NotFound:
            raise Refused(f'volume {self._name} is attached to server {uuid}, which is gone') from None
        if server.status not in RUNNING or server.task_state:
            raise Conflict(f'volume {self._name} is attached to server {server.name or uuid}, which is '
                           f'{server.task_state or server.status}; it has to be {" or ".join(RUNNING)}')


def _unknown(sentence: str, missing: str | None) -> Refused | Unavailable:
    """Where a list is not whole, what it lacks may be there all the same."""
    return Unavailable(f'{sentence} in what could be read: {missing}') if missing else Refused(sentence)
