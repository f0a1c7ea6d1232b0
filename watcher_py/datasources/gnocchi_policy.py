# SPDX-License-Identifier: Apache-2.0
"""What an archive policy keeps of a metric, and which part of it serves a need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import MetricNeed

# A counter's own values say more than the mean of its steps, which doesn't tell how far apart samples were.
OF_GROWTH = ('last', 'mean', 'rate:mean')


@dataclass(frozen=True)
class Policy:
    """An archive policy."""

    name: str
    methods: frozenset[str]
    spans: Mapping[float, float]        # how far back it goes by granularity, in seconds


@dataclass(frozen=True)
class Kept:
    """The part of an archive that is asked for."""

    method: str
    step: float                         # seconds


def policy_of(row: Mapping[str, Any]) -> Policy:
    """As Gnocchi tells it."""
    spans = {_seconds(part['granularity']): _seconds(part['timespan']) for part in row['definition']}
    if not spans:
        raise Invalid(f'archive policy {row["name"]} keeps nothing')
    return Policy(row['name'], frozenset(map(str, row['aggregation_methods'])), spans)


def kept(policy: Policy, need: MetricNeed, is_of_growth: bool) -> Kept:
    """The method and the granularity that come nearest to the need."""
    wanted = OF_GROWTH if is_of_growth else (need.aggregate, 'mean', 'last')
    method = next((one for one in wanted if one in policy.methods), None)
    if method is None:
        raise Invalid(f'archive policy {policy.name} keeps {", ".join(sorted(policy.methods))}; '
                      f'{need.metric.value} needs {" or ".join(dict.fromkeys(wanted))}')
    return Kept(method, _step(policy, need))


def _step(policy: Policy, need: MetricNeed) -> float:
    """As coarse as it may be, else as fine as there is, of those that go back far enough."""
    steps = [step for step, span in policy.spans.items() if span >= need.period]
    if not steps:
        return max(policy.spans, key=lambda step: policy.spans[step])
    return max((step for step in steps if step <= need.granularity), default=min(steps))


_SPAN = re.compile(r'(?:(\d+) days?, )?(\d+):(\d+):(\d+(?:\.\d+)?)')


def _seconds(span: str) -> float:
    """Of '30 days, 0:05:00'."""
    found = _SPAN.fullmatch(span)
    if found is None:
        raise Invalid(f'gnocchi tells a time in a form that is not known: {span!r}')
    days, hours, minutes, seconds = found.groups(default='0')
    return int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
