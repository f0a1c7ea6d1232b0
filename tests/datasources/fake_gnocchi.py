# SPDX-License-Identifier: Apache-2.0
"""What Gnocchi 4.7 answers to the questions of the datasource, over HTTP, from samples in memory."""

import contextlib
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from tests.serving import served

LOW_RATE = ('low-rate', ('mean', 'rate:mean'), (300,))


def policy(name, methods, granularities, points=8640):
    """As Gnocchi tells of it."""
    return {'name': name, 'aggregation_methods': list(methods), 'back_window': 0, 'definition': [
        {'granularity': _span(step), 'timespan': _span(step * points), 'points': points}
        for step in granularities]}


@dataclass
class FakeGnocchi:
    """Resources by type; a metric is its archive policy and its samples."""

    url: str = ''
    page: int = 1000
    resources: dict = field(default_factory=lambda: {'instance': [], 'host': []})
    metrics: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    first: list = field(default_factory=list)       # answers before any other: (status, JSON or text)

    def add(self, kind, original, ended_at=None, archived=LOW_RATE, host_name=None, **metrics):
        """A resource, and the samples of its metrics: [(time, value)]; underscores stand for dots."""
        ids = {name.replace('_', '.'): str(uuid4()) for name in metrics}
        self.resources[kind].append({
            'id': str(uuid4()), 'original_resource_id': original, 'ended_at': ended_at, 'metrics': ids,
            **({'host_name': host_name} if host_name is not None else {})})
        self.metrics |= {ids[name.replace('_', '.')]: (policy(*archived), samples)
                         for name, samples in metrics.items()}
        return ids

    def queries(self):
        return [path for path in self.asked if path == '/v1/aggregates']

    def answer(self, method, path, params, body):
        self.asked.append(path)
        if self.first:
            return self.first.pop(0)
        if path.startswith('/v1/search/resource/'):
            return self._search(path.rsplit('/', 1)[1], params)
        if path.startswith('/v1/metric/'):
            found = self.metrics.get(path.rsplit('/', 1)[1])
            return (200, {'archive_policy': found[0]}) if found else _complaint(404, 'no such metric')
        return self._aggregates(params, body['operations'][1:])

    def _search(self, kind, params):
        if kind not in self.resources:
            return _complaint(404, f'Resource type {kind} does not exist')
        rows = sorted((row for row in self.resources[kind] if not row['ended_at']), key=lambda row: row['id'])
        rows = [row for row in rows if row['id'] > params.get('marker', '')]
        limit = min(int(params['limit']), self.page)
        return 200, rows[:limit], len(rows) >= limit

    def _aggregates(self, params, references):
        step = float(params['granularity'])
        gone = [one for one, _ in references if one not in self.metrics]
        if gone:
            return _complaint(404, {'cause': 'Unknown metrics', 'reason': 'gone', 'detail': gone})
        for one, method in references:
            if method not in self.metrics[one][0]['aggregation_methods']:
                return _complaint(404, {'cause': 'Metrics with unknown aggregation',
                                        'detail': [[one, method]]})
        lacking = [[one, method, step] for one, method in references if _span(step) not in
                   [part['granularity'] for part in self.metrics[one][0]['definition']]]
        if lacking:
            return _complaint(400, {'cause': 'Metrics cannot be aggregated',
                                    'reason': 'Granularities are missing', 'detail': lacking})
        start, stop = (datetime.fromisoformat(params[key]).timestamp() for key in ('start', 'stop'))
        kept = {one: {time: value for time, value in _METHODS[method](self.metrics[one][1], step).items()
                      if start // step * step <= time < stop} for one, method in references}
        moments = sorted({time for points in kept.values() for time in points})
        return 200, {'measures': {one: {method: [
            [_stamp(time), step, value] for time, value in _filled(kept[one], moments, params['fill'])]}
            for one, method in references}}


def _filled(points, moments, fill):
    if fill == 'dropna':
        return [(time, value) for time, value in points.items() if math.isfinite(value)]
    return [(time, points.get(time, float(fill))) for time in moments]


def _by_step(summary):
    def of(samples, step):
        steps = defaultdict(list)
        for time, value in samples:
            steps[time // step * step].append(value)
        return {time: summary(values) for time, values in sorted(steps.items())}
    return of


def _mean(values):
    return sum(values) / len(values)


def _rises(samples, step):
    rises = [(later, high - low) for (_, low), (later, high) in pairwise(samples)]
    return _METHODS['mean'](rises, step)


_METHODS = {'mean': _by_step(_mean), 'min': _by_step(min), 'max': _by_step(max), 'count': _by_step(len),
            'last': _by_step(lambda values: values[-1]), 'rate:mean': _rises}


def _span(seconds):
    days, rest = divmod(int(seconds), 86400)
    clock = f'{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}'
    return f'{days} days, {clock}' if days else clock


def _stamp(time):
    return datetime.fromtimestamp(time, UTC).isoformat()


def _complaint(status, description):
    return status, {'code': status, 'title': '', 'description': description}


@contextlib.contextmanager
def serving():
    fake = FakeGnocchi()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            given = self.rfile.read(int(self.headers.get('Content-Length', 0)))
            status, told, *more = fake.answer(self.command, url.path, dict(parse_qsl(url.query)),
                                              json.loads(given) if given else None)
            data = (told if isinstance(told, str) else json.dumps(told)).encode()
            self.send_response(status)
            if more and more[0]:
                self.send_header('Link', f'<{fake.url}{url.path}>; rel="next"')
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with served(Handler) as fake.url:
        yield fake
