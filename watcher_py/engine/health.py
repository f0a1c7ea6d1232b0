# SPDX-License-Identifier: Apache-2.0
"""How well this engine sees the cloud and its load, for operators."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from watcher_py.core.cluster import Cluster
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.strategy import Strategy, with_defaults
from watcher_py.datasources.contract import MetricSource
from watcher_py.engine import measure
from watcher_py.engine.collector.assemble import assemble
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.picture import NOTHING
from watcher_py.engine.coverage import Coverage
from watcher_py.engine.present import Present, load

Row = dict[str, Any]


def told(present: Present, strategies: Mapping[str, Strategy], host: str) -> Row:
    """By the engine on this host; another may see otherwise."""
    # Why it is not known, tell the collectors. Which metrics there are is known without it.
    cluster = present.known() or assemble(NOTHING).cluster
    needs = load(_wanted(strategies.values()))
    now = time.time()
    return {'engine': host, 'collectors': [_part(each, now) for each in present.conditions()],
            'datasources': _sources(present.sources, needs, cluster, now)}


def _wanted(strategies: Iterable[Strategy]) -> list[Metric]:
    """What some strategy that is installed goes by, unless it is told otherwise."""
    return sorted({need.metric for strategy in strategies
                   for need in strategy.needs(with_defaults(strategy.parameters, {}))})


def _part(condition: Condition, now: float) -> Row:
    read_at, drift = condition.read_at, condition.drift
    return {
        'part': condition.part, 'age_s': None if read_at is None else round(max(0.0, now - read_at), 1),
        'is_blind': bool(condition.why_blind), 'why': condition.why_blind or None,
        'frozen': list(condition.frozen), 'gaps': list(condition.gaps),
        'drift': None if drift is None else asdict(drift),
        'notifications': None if condition.feed is None else _heard(condition.feed)}


def _heard(feed: Feed[Any]) -> Row:
    last = None if feed.last is None else datetime.fromtimestamp(feed.last, UTC).isoformat()
    return {'heard': feed.heard, 'malformed': feed.malformed, 'waiting': feed.waiting, 'last_at': last}


def _sources(sources: Sequence[MetricSource], needs: Sequence[MetricNeed], cluster: Cluster,
             now: float) -> list[Row]:
    """All is asked at once: of one that does not answer, no question waits for another."""
    def told(source: MetricSource) -> Row:
        at_once = max(1, len(needs))
        return _source(source, measure.gather(needs, cluster, [source], at_once).coverage, now)

    with ThreadPoolExecutor(max(1, len(sources))) as threads:
        return list(threads.map(told, sources))


def _source(source: MetricSource, coverage: Iterable[Coverage], now: float) -> Row:
    metrics = [_metric(source.name, each, now) for each in coverage]
    failures = dict.fromkeys(failure for each in coverage for failure in each.failures)
    is_there = any(metric['is_there'] for metric in metrics)
    return {'name': source.name, 'is_there': is_there, 'why': '; '.join(failures) or None, 'metrics': metrics}


def _metric(source: str, coverage: Coverage, now: float) -> Row:
    newest = coverage.newest
    return {'metric': coverage.need.metric.value, 'is_there': coverage.found.get(source, 0) > 0,
            'newest_age_s': None if newest is None else round(max(0.0, now - newest), 1),
            'known': coverage.given.get(source, 0), 'of': coverage.of,
            'why': '; '.join((*coverage.failures, *coverage.lacks)) or None}
