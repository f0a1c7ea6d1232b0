# SPDX-License-Identifier: Apache-2.0
"""Whether services have failed or come back: every engine looks, the first one that is alive tells."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher_py.bus.notifications import Announcer
from watcher_py.db.heartbeat import ACTIVE, FAILED, is_alive
from watcher_py.db.models import Service
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)


@dataclass
class Watch:
    """Remembers how each service was at the last look; what is seen for the first time is no news."""

    store: Store
    announcer: Announcer
    service: str                        # as engines are called among the services
    host: str                           # of this one
    down_after: timedelta               # without a sign of life
    clock: Callable[[], datetime]
    known: dict[int, str] = field(default_factory=dict)

    def look(self) -> None:
        moment, services = self.clock(), self.store.find(Service)
        now = {service.id: ACTIVE if is_alive(service, self.down_after, moment) else FAILED
               for service in services}
        changed = [service for service in services
                   if self.known.get(service.id) not in (None, now[service.id])]
        if changed and self._is_leader(services, now):
            for service in changed:
                LOG.warning('%s on %s is %s', service.name, service.host, now[service.id])
                self.announcer.service_changed(service, self.known[service.id], now[service.id])
        self.known = now

    def _is_leader(self, services: list[Service], now: dict[int, str]) -> bool:
        hosts = [service.host for service in services
                 if service.name == self.service and now[service.id] == ACTIVE]
        return min(hosts, default=None) == self.host
