# SPDX-License-Identifier: Apache-2.0
"""/v1/scoring_engines: what turns figures into scores for strategies."""

from watcher_py.api.desk import Desk
from watcher_py.api.resource import Resource
from watcher_py.api.view import Field, View
from watcher_py.db.models import ScoringEngine

VIEW = View(
    'scoring_engines', ScoringEngine, 'scoring_engine',
    (Field('uuid'), Field('name'), Field('description'),
     Field('metainfo', in_list=False, read=lambda engine: engine.metainfo or '')))


class ScoringEngines(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)
