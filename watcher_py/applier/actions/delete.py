# SPDX-License-Identifier: Apache-2.0
"""Delete a server, for good."""

from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import ONE_SERVER, Cloud, Run, Schema, Settings, Skipped
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound, Refused

# Nova may keep a deleted server for a while, in which only an admin can bring it back.
GONE = ('DELETED', 'SOFT_DELETED')


class Delete:
    SCHEMA: ClassVar[Schema] = ONE_SERVER
    DESCRIPTION: ClassVar[str] = 'Delete a server instance'
    REVERSIBLE: ClassVar[bool] = False

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'delete')
        self._uuid: str = parameters['resource_id']
        self._name: str = parameters.get('resource_name') or self._uuid
        self._compute = cloud.compute
        self._asking = Asking(settings, run)

    def check(self) -> None:
        if self._asking.at_first(self._is_gone):
            raise Skipped(f'server {self._name} is gone')

    def execute(self) -> None:
        self._asking.run.memory.note(asked=True)
        self._delete()

    def resume(self) -> None:
        """Asking for it twice deletes nothing else: a uuid is never given again."""
        if not self._asking.answer(self._is_gone, f'server {self._name}'):
            self._delete()

    def verify(self) -> None:
        if not self._asking.answer(self._is_gone, f'server {self._name}'):
            raise Refused(f'server {self._name} is still there')

    def revert(self) -> None:
        raise Refused(f'server {self._name} is deleted, and nothing brings it back')

    def abort(self) -> None:
        """What is being deleted goes."""

    def _delete(self) -> None:
        what = f'server {self._name} to be deleted'
        self._asking.request(self._ask, self._is_going, what)
        self._asking.until(self._is_over, what)

    def _ask(self) -> None:
        try:
            self._compute.delete(self._uuid)
        except NotFound:
            return      # somebody else was quicker

    def _is_gone(self) -> bool:
        try:
            return self._compute.server(self._uuid).status in GONE
        except NotFound:
            return True

    def _is_going(self) -> bool:
        try:
            server = self._compute.server(self._uuid)
        except NotFound:
            return True
        return server.status in GONE or 'deleting' in (server.task_state or '')

    def _is_over(self) -> bool:
        """Whether it is gone; Refused, with Nova's reason, once it has come to nothing."""
        if self._is_gone():
            return True
        if self._is_going():
            return False
        reason = self._compute.failure_reason(self._uuid) or 'Nova gives no reason'
        raise Refused(f'server {self._name} is still there: {reason}')
