# SPDX-License-Identifier: Apache-2.0
"""Why Gnocchi gave nothing of many metrics, and whom it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

import requests

from watcher_py.datasources.asking import body

# In Gnocchi's words.
GONE = 'Unknown metrics'
NO_SUCH_STEP = 'Metrics cannot be aggregated'
NO_SUCH_METHOD = 'Metrics with unknown aggregation'


@dataclass(frozen=True)
class Refusal:
    """Of a query; who is gone is in neither list."""

    rest: Sequence[str]                 # ids of metrics that may be asked for again
    lacking: Sequence[str]              # that don't keep what was asked for; of a method the first one alone
    is_of_method: bool


def refusal(response: requests.Response, ids: Sequence[str]) -> Refusal | None:
    """None when it is about none of these metrics."""
    told = body(response)
    told = told.get('description') if isinstance(told, dict) else None
    if not isinstance(told, dict) or told.get('cause') not in (GONE, NO_SUCH_STEP, NO_SUCH_METHOD):
        return None
    whom = _ids(told.get('detail'))
    named = [one for one in ids if one in whom]
    rest = [one for one in ids if one not in whom]
    if not named:
        return None
    return Refusal(rest, [] if told['cause'] == GONE else named, told['cause'] == NO_SUCH_METHOD)


def _ids(detail: object) -> set[str]:
    """Each is an id, or a list that begins with one."""
    rows = detail if isinstance(detail, list) else []
    return {str(row[0] if isinstance(row, list) and row else row) for row in rows}
