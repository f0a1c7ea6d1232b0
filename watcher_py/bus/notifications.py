# SPDX-License-Identifier: Apache-2.0
"""Tell the cloud's listeners what becomes of audits, plans, actions and services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oslo_config.cfg import ConfigOpts

from watcher_py.bus.messaging import oslo_messaging, register_observation
from watcher_py.bus.outbox import Letter, Outbox
from watcher_py.bus.payloads import PAYLOADS, SERVICE_STATES, STATES, fault
from watcher_py.bus.rpc import EXCHANGE
from watcher_py.db.models import Model, Service
from watcher_py.db.news import Listener

PUBLISHER = 'infra-optim'
LEVELS = ('debug', 'info', 'warning', 'error', 'critical')
# oslo.messaging's own names, where they differ.
PRIORITIES = {'warning': 'warn'}


class Announcer:
    """Tells of what matters at least as much as the level; without an outbox, or a level, of nothing.

    It never fails and never waits. Rows come with all that they refer to.
    """

    def __init__(self, outbox: Outbox | None = None, level: str = 'info'):
        self._outbox = outbox
        self._told = LEVELS[LEVELS.index(level):] if level else ()

    def listener(self) -> Listener | None:
        """Itself, for a store: None when it would tell of no row, so that none is read for it."""
        return self if self._tells('info') else None

    def added(self, row: Model) -> None:
        self._tell(row, 'create')

    def changed(self, row: Model, before: str) -> None:
        noun = _noun(row)
        self._tell(row, 'update', state_update=STATES[noun].of(row, old_state=before))

    def removed(self, row: Model) -> None:
        self._tell(row, 'delete')

    def started(self, row: Model, deed: str, **now: Any) -> None:
        """The deed begins: 'strategy' or 'planner' of an audit, 'execution' or 'cancel' of the others.

        `now` is what has changed since the row was read.
        """
        self._tell(row, deed, 'start', fault=None, **now)

    def finished(self, row: Model, deed: str, error: BaseException | None = None, **now: Any) -> None:
        """The deed has ended, or failed when there is an error."""
        if error is None:
            self._tell(row, deed, 'end', fault=None, **now)
        else:
            self._tell(row, deed, 'error', 'error', fault=fault(error), **now)

    @contextmanager
    def failing(self, row: Model, deed: str, **now: Any) -> Iterator[None]:
        """Tell of the error that passes through, if one does."""
        try:
            yield
        except BaseException as error:
            self.finished(row, deed, error, **now)
            raise

    @contextmanager
    def around(self, row: Model, deed: str) -> Iterator[None]:
        """Tell of the start, and then of the end, or of the error that passes through."""
        self.started(row, deed)
        with self.failing(row, deed):
            yield
        self.finished(row, deed)

    def service_changed(self, service: Service, before: str, after: str) -> None:
        """A service is ACTIVE or FAILED, and was not a moment ago."""
        level = 'warning' if after == 'FAILED' else 'info'
        self._tell(service, 'update', level=level,
                   status_update=SERVICE_STATES.of(None, old_state=before, state=after))

    @property
    def unsent(self) -> int:
        """How many wait for the bus to take them."""
        return self._outbox.waiting if self._outbox is not None else 0

    def close(self) -> None:
        """Send what is not sent yet."""
        if self._outbox is not None:
            self._outbox.close()

    def _tells(self, level: str) -> bool:
        return self._outbox is not None and level in self._told

    def _tell(self, row: Model, deed: str, phase: str = '', level: str = 'info', **more: Any) -> None:
        if self._outbox is None or not self._tells(level):
            return
        about = f'{_noun(row)}.{deed}'
        event_type = f'{about}.{phase}' if phase else about
        self._outbox.put(Letter(event_type, PRIORITIES.get(level, level), PAYLOADS[about].of(row, **more)))


# Whoever is given nobody to tell tells nobody.
SILENT = Announcer()


def connect(conf: ConfigOpts) -> Announcer:
    """One that sends as [oslo_messaging_notifications] says; silent, where that names no driver."""
    oslo_messaging.set_transport_defaults(EXCHANGE)
    register_observation(conf)
    transport = oslo_messaging.get_notification_transport(conf)
    if not any(conf.oslo_messaging_notifications.driver):
        return SILENT
    # No tries of its own: the outbox keeps what the bus does not take.
    notifier = oslo_messaging.Notifier(transport, f'{PUBLISHER}:{conf.host}', retry=0)

    def send(letter: Letter) -> None:
        getattr(notifier, letter.priority)({}, letter.event_type, letter.payload)

    return Announcer(Outbox(send), conf.notification_level)


def _noun(row: Model) -> str:
    return row.noun().replace(' ', '_')
