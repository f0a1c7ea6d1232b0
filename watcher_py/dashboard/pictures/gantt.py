# SPDX-License-Identifier: Apache-2.0
"""The schedule of a plan: a bar for each action, from when to when, in lanes."""

from collections.abc import Iterator

from markupsafe import Markup

from watcher_py.dashboard.pictures.scale import ticks
from watcher_py.dashboard.pictures.svg import element, percent
from watcher_py.dashboard.plan.lanes import Lane, Lanes
from watcher_py.dashboard.plan.timing import Span

AXIS = 22
WIDE, NARROW, CROWDED = 20, 14, 60      # heights of lanes, and how many lanes are narrow ones
# The share of the picture that names the lanes.
NAMES = 0.22
# Text further right would leave the picture.
EDGE = 0.96
MINUTE, HOUR = 60, 3600
THIN = 2                                # what takes no time is seen as well


def gantt(lanes: Lanes, label: str) -> Markup:
    """The axis is a picture by itself, which stays in sight while the lanes are scrolled."""
    height = NARROW if len(lanes.lanes) > CROWDED else WIDE
    unit, name = _unit(lanes.seconds)
    # What takes no time at all is drawn as if it took a second.
    seconds = lanes.seconds or 1.0
    grid = [step * unit for step in ticks(seconds / unit) if step * unit <= seconds]
    rows = (_lane(lane, row * height, height, seconds) for row, lane in enumerate(lanes.lanes))
    whole = height * len(lanes.lanes)
    return Markup().join([
        element('svg', _axis(grid, seconds, unit, name), class_='gantt-axis', width='100%', height=AXIS,
                aria_hidden='true'),
        element('svg', _grid(grid, seconds, whole), rows, class_='gantt', role='img', aria_label=label,
                width='100%', height=whole)])


def _unit(seconds: float) -> tuple[int, str]:
    if seconds >= 2 * HOUR:
        return HOUR, 'h'
    return (MINUTE, 'min') if seconds >= 2 * MINUTE else (1, 's')


def _across(seconds: float, whole: float) -> float:
    return NAMES + (1 - NAMES) * seconds / whole


def _axis(grid: list[float], seconds: float, unit: int, name: str) -> Iterator[Markup]:
    for step in grid:
        anchor = 'end' if step > EDGE * seconds else 'middle'
        yield element('text', f'{step / unit:g} {name}', class_='label', x=percent(_across(step, seconds)),
                      y=AXIS - 7, text_anchor=anchor)


def _grid(grid: list[float], seconds: float, height: int) -> Iterator[Markup]:
    for step in grid:
        at = percent(_across(step, seconds))
        yield element('line', class_='level' if step else 'axis', x1=at, x2=at, y1=0, y2=height)


def _lane(lane: Lane, top: int, height: int, whole: float) -> Markup:
    room = (height - 4) / len(lane.tracks)
    bars = (_bar(span, top + 2 + number * room, room, whole)
            for number, track in enumerate(lane.tracks) for span in track)
    # A picture in the picture cuts off a name that is too long.
    name = element('svg', element('text', lane.label, class_='label', x=0, y=height - 5),
                   element('title', lane.label), x=0, y=top, width=percent(NAMES - 0.01), height=height)
    return element('g', name, bars)


def _bar(span: Span, top: float, height: float, whole: float) -> Markup:
    share = (1 - NAMES) * (span.end - span.begin) / whole
    kind = 'predicted' if span.is_predicted else span.deed.state.lower()
    title = element('title', f'{span.deed.number}. {span.deed.name}: {_times(span)}')
    return element('rect', title, class_=f'bar {kind}', x=percent(_across(span.begin, whole)), y=top,
                   width=percent(share) if share > 0.002 else THIN, height=max(height - 1, 1.0))


def _times(span: Span) -> str:
    when = 'expected' if span.is_predicted else span.deed.state.lower()
    return f'{when}, {span.begin:.0f} s to {span.end:.0f} s'
