# SPDX-License-Identifier: Apache-2.0
"""/v1/services: the decision engines and appliers, and whether they are alive."""

from datetime import timedelta

from watcher_py.api.desk import Desk
from watcher_py.api.resource import Resource
from watcher_py.api.view import TIMESTAMPS, Field, View, naive_moment
from watcher_py.db.columns import now
from watcher_py.db.heartbeat import ACTIVE, FAILED, is_alive
from watcher_py.db.models import Service


class Services(Resource):
    def __init__(self, desk: Desk):
        super().__init__(_view(timedelta(seconds=desk.service_down_time)), desk)


def _view(down_time: timedelta) -> View:
    def status(service: Service) -> str:
        return ACTIVE if is_alive(service, down_time, now()) else FAILED

    return View(
        'services', Service, 'service',
        (Field('id'), Field('name'), Field('host'), Field('status', read=status),
         naive_moment('last_seen_up'), *TIMESTAMPS),
        key='id')
