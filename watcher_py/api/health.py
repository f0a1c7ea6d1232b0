# SPDX-License-Identifier: Apache-2.0
"""/healthz and /readyz of the API: no token is asked for, and no address is told."""

from collections.abc import Sequence

import falcon

from watcher_py.api.operation import operation
from watcher_py.monitor.checks import Check, examine

FINDINGS = {'type': 'object', 'required': ['checks'], 'additionalProperties': False,
            'properties': {'checks': {'type': 'object', 'additionalProperties': {'enum': ['ok', 'failed']}}}}


class Healthz:
    """That it answers at all says that it lives."""

    @operation(gives=FINDINGS)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'checks': {}}


class Readyz:
    def __init__(self, checks: Sequence[Check]):
        self._checks = checks

    @operation(gives=FINDINGS, also={503: FINDINGS})
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        found = examine(self._checks)
        resp.status = falcon.HTTP_200 if found.are_well else falcon.HTTP_503
        resp.media = {'checks': found.words()}
