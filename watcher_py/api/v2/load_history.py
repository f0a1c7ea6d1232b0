# SPDX-License-Identifier: Apache-2.0
"""/v2/series and /v2/history: load over the last hours, of one host or server, and of all hosts together."""

from collections.abc import Mapping

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import NUMBER_OR_NULL, rows, shape
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric

USUAL, MOST = 24, 744           # hours; a month
METRICS = sorted(metric.value for metric in Metric)
TIMES, VALUES = rows({'type': 'number'}), rows(NUMBER_OR_NULL)
HOURS = {'type': 'integer', 'minimum': 1, 'maximum': MOST, 'default': USUAL}


class MeasuredSeries:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=shape(metric=TEXT, resource=TEXT, unit=TEXT, times=TIMES, values=VALUES),
               query={'metric': {'enum': METRICS}, 'resource': TEXT, 'hours': HOURS}, refuses=(404, 409, 500))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'series:get')
        given = arguments(req, ('metric', 'resource', 'hours'))
        if given.get('metric') not in METRICS:
            raise Invalid(f'Say which metric: {", ".join(METRICS)}')
        if not given.get('resource'):
            raise Invalid('Say whose metric: "resource" is the uuid or name of a host or server')
        resp.media = self.desk.engine.series(
            req.context.caller, given['metric'], given['resource'], _hours(given))


class LoadHistory:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=shape(times=TIMES, cpu_mean=VALUES, cpu_deviation=VALUES, cpu_max=VALUES),
               query={'hours': HOURS}, refuses=(404, 500))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'history:get')
        resp.media = self.desk.engine.history(req.context.caller, _hours(arguments(req, ('hours',))))


def _hours(given: Mapping[str, str]) -> int:
    text = given.get('hours', str(USUAL))
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST:
        raise Invalid(f'"hours" is a number from 1 to {MOST}, not {text!r}')
    return int(text)
