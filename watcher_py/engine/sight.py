# SPDX-License-Identifier: Apache-2.0
"""The cloud as a strategy sees it: within the scope of an audit, and with what is to be measured of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from watcher_py.core.metrics import MetricNeed
from watcher_py.core.restraint import longest_rest
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Params, Strategy
from watcher_py.db.models import Audit
from watcher_py.engine import measure
from watcher_py.engine.moved import with_moves
from watcher_py.engine.tools import Tools


def sight(tools: Tools, audit: Audit, strategy: Strategy, params: Params, needs: Sequence[MetricNeed],
          max_age: float) -> tuple[Snapshot, list[str]]:
    """It, read of the cloud at most so many seconds ago, and what of it is unknown."""
    collected = tools.collector.newest(max_age, strategy.parts)
    cluster = narrow(collected.cluster, audit.scope)
    if rest := longest_rest(params):
        since = tools.clock() - timedelta(seconds=rest)
        cluster = tools.outlast(lambda: with_moves(cluster, tools.store, since))
    gathered = measure.gather(needs, cluster, tools.sources.of(strategy.name))
    snapshot = Snapshot(cluster, gathered.readings, datetime.now(UTC), audit.name or audit.uuid)
    return snapshot, [*collected.gaps, *gathered.notes]
