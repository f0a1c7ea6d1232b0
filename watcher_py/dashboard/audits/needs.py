# SPDX-License-Identifier: Apache-2.0
"""What a strategy needs, and whether it is there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Unavailable
from watcher_py.dashboard.rest import Rest, segment

AVAILABLE = 'available'


@dataclass(frozen=True)
class Need:
    """`is_there` is None where nothing is needed."""

    name: str
    is_there: bool | None


@dataclass(frozen=True)
class Needs:
    """`sources` and `models` are what it can't do without; `notes` say what is known of the metrics."""

    sources: tuple[Need, ...] = ()
    metrics: tuple[Need, ...] = ()
    models: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()
    why_unknown: str | None = None

    @property
    def missing(self) -> list[str]:
        return [need.name for need in (*self.sources, *self.metrics, *self.models) if need.is_there is False]


def needs(rest: Rest, strategy: str) -> Needs:
    try:
        rows = {row['type']: row for row in rest.get(f'/v1/strategies/{segment(strategy)}/state')}
    except Unavailable as error:
        return Needs(why_unknown=str(error))
    return Needs((_source(rows.get('Datasource', {})),), _all(rows.get('Metrics', {})),
                 _all(rows.get('CDM', {})), _notes(rows))


def _source(row: Mapping[str, Any]) -> Need:
    name, found, state = str(row.get('state', '')).partition(': ')
    return Need(name, state == AVAILABLE) if found else Need(name, None if 'needs no' in name else False)


def _all(row: Mapping[str, Any]) -> tuple[Need, ...]:
    return tuple(Need(name.replace('_', ' '), state == AVAILABLE)
                 for each in row.get('state') or () for name, state in each.items())


def _notes(rows: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    comments = [rows.get(kind, {}).get('comment', '') for kind in ('Datasource', 'Metrics')]
    return tuple(note for comment in comments for note in comment.split('; ') if note)
