# SPDX-License-Identifier: Apache-2.0
"""Move a server to another host, live or cold."""

from contextlib import suppress
from threading import Event

from watcher_py import schemas
from watcher_py.applier.actions.contract import Cancelled, Schema, Settings, Skipped
from watcher_py.applier.actions.passage import (
    ABORTED,
    DONE,
    FAILED,
    FINISHED,
    WAITS_FOR_CONFIRMATION,
    Passage,
)
from watcher_py.applier.actions.patience import until
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import ServerNow
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Conflict, NotFound, Refused, Unavailable, WatcherError

LIVE, COLD = 'live', 'cold'
ALLOWED = {LIVE: ('ACTIVE', 'PAUSED'), COLD: ('ACTIVE', 'SHUTOFF')}
UNSOUND = ('ERROR', WAITS_FOR_CONFIRMATION)


class Migrate:
    SCHEMA: Schema = {
        'type': 'object',
        'properties': {
            'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
            'resource_name': {'type': ['string', 'null']},
            'migration_type': {'type': 'string', 'enum': [LIVE, COLD]},
            'source_node': {'type': 'string', 'minLength': 1},
            'destination_node': {'type': ['string', 'null'], 'minLength': 1}},
        'required': ['resource_id', 'migration_type', 'source_node'],
        'additionalProperties': False}
    DESCRIPTION = 'Moving a VM instance from source_node to destination_node'

    def __init__(self, parameters: Parameters, cloud: Compute, settings: Settings, cancelled: Event):
        schemas.check(parameters, self.SCHEMA, 'migrate')
        self._parameters = parameters
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._type: str = parameters['migration_type']
        self._source: str = parameters['source_node']
        self._target: str | None = parameters.get('destination_node')     # None: Nova chooses
        self._cloud, self._settings, self._cancelled = cloud, settings, cancelled

    def check(self) -> None:
        try:
            server = self._cloud.server(self._uuid)
        except NotFound:
            raise Skipped(f'server {self._name} is gone') from None
        self._check_place(server)
        if server.task_state:
            raise Conflict(f'server {self._name} is busy: {server.task_state}')
        if server.status not in ALLOWED[self._type]:
            raise Conflict(f'server {self._name} is {server.status}; '
                           f'a {self._type} migration needs {" or ".join(ALLOWED[self._type])}')
        if self._target is not None:
            self._check_target(self._target)

    def execute(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        passage = Passage(self._cloud, self._uuid, self._source, self._settings, self._cancelled)
        lost = self._request()
        word = passage.follow(DONE | FAILED | {FINISHED}, self._abort_if_live)
        if word == FINISHED:
            until(lambda: self._confirm(passage), self._settings, f'server {self._name} to be confirmed')
            word = passage.follow(DONE | FAILED, lambda: True)
        if word == ABORTED and self._cancelled.is_set():
            raise Cancelled
        if word in FAILED:
            raise lost or Refused(self._why(word, passage.is_late))
        until(self._has_settled, self._settings, f'server {self._name} to settle')

    def verify(self) -> None:
        server = self._cloud.server(self._uuid)
        if server.host == self._source or server.host != (self._target or server.host):
            raise Refused(f'server {self._name} is on {server.host}, not on {self._target or "another host"}')
        if server.task_state or server.status in UNSOUND:
            raise Refused(f'server {self._name} has moved to {server.host}, but it is '
                          f'{server.status} ({server.task_state or "no task"})')

    def revert(self) -> None:
        """Move it back; a plan that is being cancelled does not stop that."""
        way_back = {'source_node': self._cloud.server(self._uuid).host, 'destination_node': self._source}
        back = Migrate({**self._parameters, **way_back}, self._cloud, self._settings, Event())
        back.check()
        back.execute()
        back.verify()

    def abort(self) -> None:
        """Stop a live migration; a cold one runs to its end."""
        self._abort_if_live()

    def _check_place(self, server: ServerNow) -> None:
        if self._target is not None and server.host == self._target:
            raise Skipped(f'server {self._name} is on {self._target} already')
        if server.host != self._source:
            raise Skipped(f'server {self._name} is on {server.host}, no longer on {self._source}')

    def _check_target(self, host: str) -> None:
        try:
            service = self._cloud.service(host)
        except NotFound:
            raise Refused(f'host {host} has no compute service') from None
        if not service.enabled:
            raise Refused(f'host {host} is disabled: {service.disabled_reason or "no reason is given"}')
        if not service.up:
            raise Refused(f'host {host} is down')

    def _request(self) -> Unavailable | None:
        """Ask Nova to move it; an answer that got lost is returned, for Nova may have heard all the same."""
        ask = self._cloud.live_migrate if self._type == LIVE else self._cloud.cold_migrate
        try:
            ask(self._uuid, self._target)
        except Unavailable as error:
            return error
        return None

    def _confirm(self, passage: Passage) -> bool:
        try:
            self._cloud.confirm_resize(self._uuid)
        except Refused:
            # Nova can be set up to confirm by itself, and then it was quicker.
            if passage.status() == FINISHED:
                raise
        return True

    def _abort_if_live(self) -> bool:
        migration = self._cloud.running_live_migration(self._uuid) if self._type == LIVE else None
        if migration is None:
            return False
        self._cloud.abort_live_migration(self._uuid, migration)
        return True

    def _why(self, word: str, is_late: bool) -> str:
        way = f'{self._name} from {self._source} to {self._target or "a host that Nova chooses"}'
        if is_late and word == ABORTED:
            return f'moving {way} took longer than {self._settings.timeout:g} s; it was stopped'
        with suppress(WatcherError):
            if reason := self._cloud.failure_reason(self._uuid):
                return reason
        return f'Nova ended moving {way} with {word!r}, and gives no reason'

    def _has_settled(self) -> bool:
        return self._cloud.server(self._uuid).task_state is None
