# SPDX-License-Identifier: Apache-2.0
"""Points of many metrics at once, as their archive policies keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import accumulate
from typing import Any

import requests

from watcher_py.core.errors import Invalid, NotFound, WatcherError
from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources import archive
from watcher_py.datasources.archive import Archive, Sample
from watcher_py.datasources.asking import said
from watcher_py.datasources.gnocchi_policy import Kept, Policy, kept, policy_of
from watcher_py.datasources.gnocchi_refusal import refusal
from watcher_py.datasources.gnocchi_site import Gate

# In one query: of ten thousand the answer would come after the time-outs of most web servers.
SERIES = 1000
# Old metrics keep the policy they were made with; after so many that differ the others are left unknown.
POLICIES = 8

# Gnocchi leaves NaN out, unless it is to fill gaps; but then it gives all series at all moments of any, which
# is asked for as long as the moments are few.
FILL = -1e300
MOMENTS = 720

# Of those that lack a method Gnocchi names the first alone. So the one that hardly any lacks is tried next;
# then so many are left out of a query one by one, to be asked for by their own policies.
COMMON = 'mean'
REFUSALS = 10


@dataclass(frozen=True)
class Question:
    """One metric, as a need asks for it."""

    metric: str
    need: MetricNeed
    is_counter: bool
    now: float                          # seconds since the epoch

    @property
    def is_of_growth(self) -> bool:
        """The samples of a counter are counted as they are."""
        return self.is_counter and self.need.aggregate != 'count'

    def reach(self, step: float) -> float:
        """How many seconds back points of this step are needed; growth needs what was before, too."""
        before = 2 * max(step, self.need.granularity) if self.is_of_growth else 0
        return max(self.need.period, step) + step + before


class Points:
    """What Gnocchi's aggregates give of metrics by id."""

    def __init__(self, gate: Gate):
        self._gate = gate
        self._policies: dict[str, Policy] = {}          # that served last, by metric

    def read(self, question: Question, owners: Mapping[str, str]) -> list[Archive]:
        """Of all these metric ids; the archives name the owners."""
        found: list[Archive] = []
        ids, policy = list(owners), self._policies.get(question.metric)
        wrong: WatcherError | None = None
        for _ in range(POLICIES):
            if not ids:
                break
            try:
                known = policy or self._policy(ids[0])
                part = kept(known, question.need, question.is_of_growth)
            except (Invalid, NotFound) as error:
                # It may be so of this one alone.
                wrong, ids, policy = error, ids[policy is None:], None
                continue
            archives, ids = self._archives(question, part, ids, owners)
            if archives:
                self._policies[question.metric] = known
            found, policy = found + archives, None
        if ids and wrong is None:
            wrong = Invalid(f'{self._gate.site.name}: the archive policies of metric {question.metric} '
                            f'differ too much')
        if wrong and not found:
            raise wrong
        return found

    def _archives(self, question: Question, part: Kept, ids: Sequence[str],
                  owners: Mapping[str, str]) -> tuple[list[Archive], list[str]]:
        """What there is of this part, and the ids of those that don't keep it."""
        found: list[Archive] = []
        odd: list[str] = []
        for start in range(0, len(ids), SERIES):
            chunk = ids[start:start + SERIES]
            for _ in range(REFUSALS):
                if not chunk:
                    break
                response = self._ask(question, part, chunk)
                if response.status_code not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                    found.append(self._gate.understood(response, partial(_archive, part=part, owners=owners)))
                    break
                refused = refusal(response, chunk)
                if refused is None:
                    raise Invalid(f'{self._gate.site.name}: {said(response)}')
                if refused.is_of_method and part.method != COMMON:
                    part = replace(part, method=COMMON)
                else:
                    odd += refused.lacking
                    chunk = refused.rest
            else:
                odd += chunk
        return found, odd

    def _ask(self, question: Question, part: Kept, ids: Sequence[str]) -> requests.Response:
        reach = question.reach(part.step)
        params = {'start': _stamp(question.now - reach), 'stop': _stamp(question.now),
                  'granularity': part.step, 'fill': FILL if reach <= MOMENTS * part.step else 'dropna'}
        return self._gate.post('aggregates', params,
                               {'operations': ['metric', *([one, part.method] for one in ids)]})

    def _policy(self, metric_id: str) -> Policy:
        response = self._gate.get(f'metric/{metric_id}')
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound(f'{self._gate.site.name}: {said(response)}')
        return self._gate.understood(response, lambda told: policy_of(told['archive_policy']))


def _archive(told: Any, part: Kept, owners: Mapping[str, str]) -> Archive:
    moments = _Moments()
    rows: list[tuple[str, list[Sample]]] = []
    for one, of_methods in told['measures'].items():
        samples = [(moments[stamp], value) for stamp, _, value in of_methods.get(part.method, ())
                   if value != FILL]
        rows.append((owners[one], _summed(samples) if part.method == 'rate:mean' else samples))
    return archive.of(rows, part.step, counts=part.method == 'count')


class _Moments(dict[str, float]):
    """Of time stamps, each read once: all series have the same ones."""

    def __missing__(self, stamp: str) -> float:
        self[stamp] = datetime.fromisoformat(stamp).timestamp()
        return self[stamp]


def _summed(steps: Sequence[Sample]) -> list[Sample]:
    """The counter, but for where it began, that made these steps from sample to sample."""
    sums = accumulate(value for _, value in steps)
    return [(begin, total) for (begin, _), total in zip(steps, sums, strict=True)]


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
