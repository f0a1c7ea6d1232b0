# SPDX-License-Identifier: Apache-2.0
"""The load of the cloud over time, with the audits and plans that fell into it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from watcher_py.core.states import PlanState
from watcher_py.dashboard.pictures.line import Line, Mark, line_chart
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.visit import Visit

Row = Mapping[str, Any]

LINES = (('cpu_max', 'Hottest host'), ('cpu_mean', 'Mean'), ('cpu_deviation', 'Deviation'))
LABEL = 'CPU load of the hosts over time: the hottest, the mean, and the deviation, in percent'
NOT_BEGUN = (PlanState.RECOMMENDED, PlanState.PENDING, PlanState.SUPERSEDED)
# A picture with more marks than these would show nothing but marks.
MOST_AUDITS, MOST_PLANS = 40, 12
ROWS_OF_TABLE = 13


@dataclass(frozen=True)
class Event:
    """An audit that was asked for, or a plan that was carried out."""

    mark: Mark
    path: str


@dataclass(frozen=True)
class Timeline:
    picture: Markup
    rows: Sequence[tuple[float, Sequence[float | None]]]    # some moments of it, as a table shows them
    events: Sequence[Event]                                   # newest first


def timeline(history: Row, events: Iterable[Event]) -> Timeline | None:
    """None when nothing was measured."""
    times: Sequence[float] = history['times']
    if not times:
        return None
    shown = sorted((event for event in events if (event.mark.end or event.mark.begin) >= times[0]),
                   key=lambda event: event.mark.begin, reverse=True)
    lines = [Line(name, key.replace('_', '-'), history[key]) for key, name in LINES]
    step = max(1, -(-len(times) // ROWS_OF_TABLE))
    rows = [(times[place], [line.values[place] for line in lines])
            for place in range(len(times) - 1, -1, -step)]
    return Timeline(line_chart(times, lines, '%', LABEL, [event.mark for event in shown]), rows, shown)


def events_of(visit: Visit) -> list[Event]:
    """The newest, as far as the visitor may see them."""
    rest, newest = visit.rest, {'sort_key': 'created_at', 'sort_dir': 'desc'}
    found = []
    if visit.may('audit:detail'):
        rows = rest.get('/v1/audits/detail', limit=MOST_AUDITS, **newest)['audits']
        found += [_audit(row) for row in rows]
    if visit.may('action_plan:detail'):
        rows = rest.get('/v1/action_plans/detail', limit=MOST_PLANS, **newest)['action_plans']
        found += [event for row in rows if row['state'] not in NOT_BEGUN and (event := _plan(row, rest))]
    return found


def _audit(row: Row) -> Event:
    title = f'Audit {row["name"]} with {row["strategy_name"]}'
    return Event(Mark('audit', title, _seconds(row['created_at'])), f'/audits/{row["uuid"]}')


def _plan(row: Row, rest: Rest) -> Event | None:
    """None of a plan in which there was nothing to do."""
    progress = rest.get(f'/v2/action_plans/{segment(row["uuid"])}/progress')
    if progress['begun_at'] is None:
        return None
    begin = _seconds(progress['begun_at'])
    title = f'Plan of {row["strategy_name"]}: {row["state"].lower()}, {progress["total"]} actions'
    end = begin + (progress['seconds_gone'] or 0.0)
    return Event(Mark('plan', title, begin, end), f'/plans/{row["uuid"]}')


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
