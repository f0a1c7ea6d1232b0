# SPDX-License-Identifier: Apache-2.0
"""/v2/health: whether the services are alive, and how well a decision engine sees the cloud and its load."""

from datetime import timedelta
from typing import Any

import falcon
from oslo_context.context import RequestContext

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, FLAG, NUMBER_OR_NULL, maybe, rows, shape
from watcher_py.api.view import TEXT_OR_NULL, aware
from watcher_py.core.errors import Unavailable
from watcher_py.db.columns import now
from watcher_py.db.heartbeat import ACTIVE, FAILED, is_alive
from watcher_py.db.models import Service

NOTICES = shape(heard=COUNT, malformed=COUNT, waiting=COUNT, last_at=TEXT_OR_NULL)
COLLECTOR = shape(
    part={'enum': ['compute', 'storage', 'baremetal']}, age_s=NUMBER_OR_NULL, is_blind=FLAG, why=TEXT_OR_NULL,
    frozen=rows(TEXT), gaps=rows(TEXT), drift={'type': ['object', 'null'], 'additionalProperties': COUNT},
    notifications=maybe(NOTICES))
METRIC = shape(metric=TEXT, is_there=FLAG, newest_age_s=NUMBER_OR_NULL, known=COUNT, of=COUNT,
               why=TEXT_OR_NULL)
HEALTH = shape(
    services=rows(shape(name=TEXT, host=TEXT, status={'enum': [ACTIVE, FAILED]}, last_seen_up=TEXT_OR_NULL)),
    engine=TEXT_OR_NULL, why=TEXT_OR_NULL, collectors=rows(COLLECTOR),
    datasources=rows(shape(name=TEXT, is_there=FLAG, why=TEXT_OR_NULL, metrics=rows(METRIC))))


class Health:
    """Where no engine answers, the services are told all the same, and why there is no more."""

    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=HEALTH)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'health:get')
        arguments(req, ())
        resp.media = {'services': self._services(), **self._sight(req.context.caller)}

    def _services(self) -> list[dict[str, Any]]:
        moment, down_time = now(), timedelta(seconds=self.desk.service_down_time)
        return [{'name': service.name, 'host': service.host,
                 'status': ACTIVE if is_alive(service, down_time, moment) else FAILED,
                 'last_seen_up': aware(service.last_seen_up)}
                for service in self.desk.store.find(Service, sort_key='name')]

    def _sight(self, caller: RequestContext) -> dict[str, Any]:
        try:
            return {'why': None, **self.desk.engine.health(caller)}
        except Unavailable as error:
            return {'engine': None, 'why': str(error), 'collectors': [], 'datasources': []}
