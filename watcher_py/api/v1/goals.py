# SPDX-License-Identifier: Apache-2.0
"""/v1/goals: what audits can aim at."""

from watcher_py.api.desk import Desk
from watcher_py.api.resource import Resource
from watcher_py.api.view import TIMESTAMPS, Field, View
from watcher_py.db.models import Goal

VIEW = View(
    'goals', Goal, 'goal',
    (Field('uuid'), Field('name'), Field('display_name'), Field('efficacy_specification'), *TIMESTAMPS))


class Goals(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)
