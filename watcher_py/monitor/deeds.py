# SPDX-License-Identifier: Apache-2.0
"""How long audits, plans and actions take and how they end, and what the solver needs, as metrics."""

from prometheus_client import CollectorRegistry, Gauge, Histogram

SECONDS = (0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800)


class Deeds:
    """The metrics of what one service does."""

    def __init__(self, registry: CollectorRegistry | None = None):
        registry = registry or CollectorRegistry()
        self.registry = registry
        self._seconds = Histogram(
            'watcher_deed_seconds', 'Of audits, plans and actions that ended.', ('noun', 'type', 'state'),
            buckets=SECONDS, registry=registry)
        self._solver = Histogram('watcher_solver_seconds', 'Of the strategies\' decisions.', ('strategy',),
                                 buckets=SECONDS, registry=registry)
        self._gap = Gauge('watcher_solver_gap', 'Of the last plan to the proven bound, as a share of it.',
                          ('strategy',), registry=registry)

    def ended(self, noun: str, type_: str, state: str, seconds: float) -> None:
        """An 'audit', a 'plan' or an 'action' has come to its end."""
        self._seconds.labels(noun, type_, state).observe(seconds)

    def solved(self, strategy: str, seconds: float, gap: float | None) -> None:
        self._solver.labels(strategy).observe(seconds)
        if gap is not None:
            self._gap.labels(strategy).set(gap)
