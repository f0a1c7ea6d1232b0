# SPDX-License-Identifier: Apache-2.0
"""Figures over time as lines, with what was done in between; a gap in what is known is a gap in its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from watcher_py.dashboard.pictures.scale import clock, moments, ticks, within
from watcher_py.dashboard.pictures.svg import element, percent

HEIGHT = 200
ABOVE, BELOW = 20, 22           # room for marks, and for the time
PLOT = HEIGHT - ABOVE - BELOW
WIDTH = 1000                    # units of a line, stretched to whatever width there is
# Text at the edge of the picture stays in it.
EDGE = 0.06
SIGNS = {'plan': '\u25c6', 'audit': '\u25b3'}


@dataclass(frozen=True)
class Line:
    """One figure over time; `kind` is the class it is painted by."""

    name: str
    kind: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Mark:
    """Something that was done, from a moment (seconds since the epoch) on, and until when if it took long."""

    kind: str
    title: str
    begin: float
    end: float | None = None


def line_chart(times: Sequence[float], lines: Sequence[Line], unit: str, label: str,
               marks: Sequence[Mark] = ()) -> Markup:
    """`times` are seconds since the epoch, rising; `lines` have a value for each of them."""
    # What was done since the newest figure is shown too.
    span = _Span(times[0], max([times[-1], *(mark.begin for mark in marks)])) if times else _Span(0.0, 0.0)
    steps = ticks(max((value for line in lines for value in line.values if value is not None), default=0.0))
    across = [span.share(moment) for moment in times]
    return element(
        'svg', (element('line', class_='level' if step else 'axis', x1=0, x2='100%', y1=y, y2=y)
                for step, y in _levels(steps)),
        (_mark(mark, span) for mark in marks if span.meets(mark)),
        element('svg', (_path(line, across, steps[-1]) for line in lines), y=ABOVE, width='100%', height=PLOT,
                viewBox=f'0 0 {WIDTH} {PLOT}', preserveAspectRatio='none'),
        # Above the lines: they stay legible.
        (element('text', f'{step:g} {unit}', class_='label', x=0, y=y - 4)
         for step, y in _levels(steps) if step),
        _times(span),
        class_='chart', role='img', aria_label=label, height=HEIGHT)


@dataclass(frozen=True)
class _Span:
    """From when to when, in seconds since the epoch."""

    begin: float
    end: float

    def meets(self, mark: Mark) -> bool:
        return mark.begin <= self.end and self.begin <= (mark.end or mark.begin)

    def share(self, moment: float) -> float:
        return within((moment - self.begin) / max(self.end - self.begin, 1.0))


def _levels(steps: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Each figure of the axis, and how far below the top it is."""
    return ((step, ABOVE + PLOT - PLOT * step / steps[-1]) for step in steps)


def _times(span: _Span) -> Iterator[Markup]:
    for moment in moments(span.begin, span.end):
        share = span.share(moment)
        anchor = 'start' if share < EDGE else 'end' if share > 1 - EDGE else 'middle'
        yield element('text', clock(moment), class_='label', x=percent(share), y=HEIGHT - 6,
                      text_anchor=anchor)


def _mark(mark: Mark, span: _Span) -> Markup:
    """A line where it began, a band for how long it took, and a sign above."""
    begin, end = span.share(mark.begin), span.share(mark.end or mark.begin)
    at = percent(begin)
    return element(
        'g', element('title', mark.title),
        element('rect', x=at, y=ABOVE, width=percent(end - begin), height=PLOT),
        element('line', x1=at, x2=at, y1=ABOVE, y2=ABOVE + PLOT),
        element('text', SIGNS[mark.kind], x=at, y=ABOVE - 5, text_anchor='middle'),
        class_=f'mark {mark.kind}')


def _path(line: Line, across: Sequence[float], most: float) -> Markup:
    steps, is_drawn = [], False
    for share, value in zip(across, line.values, strict=True):
        if value is not None:
            point = f'{share * WIDTH:.1f} {PLOT - PLOT * value / most:.1f}'
            # A point between two gaps is a dot: a line to itself.
            steps.append(f'L{point}' if is_drawn else f'M{point}L{point}')
        is_drawn = value is not None
    return element('path', element('title', line.name), class_=f'line {line.kind}', d=''.join(steps),
                   vector_effect='non-scaling-stroke')
