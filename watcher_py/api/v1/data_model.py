# SPDX-License-Identifier: Apache-2.0
"""/v1/data_model: the servers and nodes that the decision engine sees, as rows."""

from typing import Any

import falcon

from watcher_py.api import versions
from watcher_py.api.bodies import LIST, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.db.models import Audit

MODELS = ('compute',)
EXTENDED = ('server_pinned_az', 'server_flavor_extra_specs')

ROWS = {'type': 'object', 'required': ['context'], 'properties': {'context': LIST}}


class DataModel:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=ROWS, query={'data_model_type': {'enum': list(MODELS)}, 'audit_uuid': TEXT},
               refuses=(404, 500))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'data_model:get_all')
        versions.require(req, versions.DATA_MODEL, 'The data model')
        given = arguments(req, ('data_model_type', 'audit_uuid'))
        model = given.get('data_model_type', MODELS[0])
        if model not in MODELS:
            raise NotFound(f'There is no data model of type {model}; there is {", ".join(MODELS)}')
        answer = self.desk.engine.data_model(req.context.caller, model, self._audit(given.get('audit_uuid')))
        is_extended = req.context.version >= versions.EXTENDED_DATA_MODEL
        resp.media = answer if is_extended else {**answer, 'context': list(map(_older, answer['context']))}

    def _audit(self, uuid: str | None) -> str | None:
        if uuid is None:
            return None
        try:
            return self.desk.store.get(Audit, require_uuid(uuid, 'audit_uuid')).uuid
        except NotFound as error:
            raise Invalid(str(error)) from None


def _older(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in EXTENDED}
