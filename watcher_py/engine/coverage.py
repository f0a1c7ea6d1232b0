# SPDX-License-Identifier: Apache-2.0
"""How much of a metric is known, where from, and why the rest is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources.contract import Fault


@dataclass(frozen=True)
class Coverage:
    """A metric of `of` nodes or servers; what is powered off and needn't be measured isn't counted."""

    need: MetricNeed
    of: int
    given: Mapping[str, int]            # by source, the preferred one first: how many it gave
    faults: Mapping[Fault, int]         # how many are unknown for it
    missing: int                        # how many no source has heard of
    found: Mapping[str, int]            # by source: how many it knows, in this part of the cloud or elsewhere
    failures: tuple[str, ...] = ()      # of sources that should have answered
    lacks: tuple[str, ...] = ()         # of sources that don't have it
    newest: float | None = None         # sample, seconds since the epoch; None: unknown

    @property
    def known(self) -> int:
        return sum(self.given.values())

    @property
    def title(self) -> str:
        return self.need.metric.value + (' of the period before' if self.need.is_earlier else '')

    @property
    def note(self) -> str | None:
        """One line where something is other than it should be: nobody else tells the operator."""
        is_whole = self.known == self.of
        reasons = self.failures if is_whole or self.known else (*self.failures, *self.lacks)
        if is_whole and not reasons and len(self.given) < 2:
            return None
        # Where a reason says it all, figures would only say that nothing is known.
        figures = () if reasons and not (self.known or self.faults) else (self.figures,)
        return f'{self.title}: {"; ".join((*figures, *reasons))}'

    @property
    def figures(self) -> str:
        by_source = ', '.join(f'{number} from {source}' for source, number in self.given.items())
        unknown = [f'{number} {fault}' for fault, number in self.faults.items()]
        if self.missing:
            unknown.append(f'{self.missing} missing')
        known = f'{self.known} of {self.of} known' + (f' ({by_source})' if by_source else '')
        return ', '.join([known, *unknown])
