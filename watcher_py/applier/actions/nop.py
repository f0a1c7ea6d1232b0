# SPDX-License-Identifier: Apache-2.0
"""Do nothing, and say so; can be told to fail, to see what a plan makes of it."""

import logging
from typing import ClassVar

from watcher_py import schemas
from watcher_py.applier.actions.contract import Cloud, Run, Schema, Settings, Skipped
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import Refused

LOG = logging.getLogger(__name__)


class Nop:
    SCHEMA: ClassVar[Schema] = {
        'type': 'object',
        'properties': {
            'message': {'type': ['string', 'null']},
            'skip_pre_condition': {'type': 'boolean'},
            'fail_pre_condition': {'type': 'boolean'},
            'fail_execute': {'type': 'boolean'},
            'fail_post_condition': {'type': 'boolean'}},
        'required': ['message'],
        'additionalProperties': False}
    DESCRIPTION: ClassVar[str] = 'Logging a NOP message'
    REVERSIBLE: ClassVar[bool] = True

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None:
        schemas.check(parameters, self.SCHEMA, 'nop')
        self._parameters = parameters

    def check(self) -> None:
        if self._parameters.get('skip_pre_condition'):
            raise Skipped('Skipped in pre_condition')
        self._fail_if_told('pre_condition')

    def execute(self) -> None:
        self._fail_if_told('execute')
        LOG.debug('nop: %s', self._parameters['message'])

    def resume(self) -> None:
        self.execute()

    def verify(self) -> None:
        self._fail_if_told('post_condition')

    def revert(self) -> None:
        """Nothing was changed."""

    def abort(self) -> None:
        """Nothing takes time."""

    def _fail_if_told(self, phase: str) -> None:
        if self._parameters.get(f'fail_{phase}'):
            raise Refused(f'Failed in {phase}')
