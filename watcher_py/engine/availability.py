# SPDX-License-Identifier: Apache-2.0
"""Whether what a strategy needs is measured, as `strategy state` tells it."""

from collections.abc import Sequence
from typing import Any

from watcher_py.engine.coverage import Coverage

Row = dict[str, Any]


def rows(coverage: Sequence[Coverage], sources: Sequence[str], now: float) -> list[Row]:
    """Datasource and Metrics, in Watcher's form; what it has no room for is the comment.

    `sources` are the names of those that were asked, `now` is in seconds since the epoch.
    """
    metrics = [{each.need.metric.value: availability(_is_known(each))} for each in coverage
               if not each.need.is_earlier]
    return [_row('Datasource', _source_state(coverage, sources), True, _reasons(coverage)),
            _row('Metrics', metrics, False, '; '.join(_details(each, now) for each in coverage))]


def availability(is_there: bool) -> str:
    return 'available' if is_there else 'not available'


def _row(kind: str, state: Any, is_mandatory: bool, comment: str) -> Row:
    return {'type': kind, 'state': state, 'mandatory': is_mandatory, 'comment': comment}


def _source_state(coverage: Sequence[Coverage], sources: Sequence[str]) -> str:
    if not coverage:
        return 'This strategy needs no datasource'
    if not sources:
        return 'No datasource is configured'
    answering = [source for source in sources if any(each.found.get(source) for each in coverage)]
    return f'{(answering or sources)[0]}: {availability(bool(answering))}'


def _is_known(coverage: Coverage) -> bool:
    return any(coverage.found.values())


def _reasons(coverage: Sequence[Coverage]) -> str:
    """Why sources gave nothing, each said once."""
    return '; '.join(dict.fromkeys(reason for each in coverage for reason in (*each.failures, *each.lacks)))


def _details(coverage: Coverage, now: float) -> str:
    freshness = '' if coverage.newest is None else f', newest {max(0, round(now - coverage.newest))} s old'
    return f'{coverage.title}: {coverage.figures}{freshness}'
