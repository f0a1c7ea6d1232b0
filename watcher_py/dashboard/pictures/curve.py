# SPDX-License-Identifier: Apache-2.0
"""The objective of a plan against the number of its moves, above the bound that no plan gets below."""

from collections.abc import Iterator

from markupsafe import Markup

from watcher_py.dashboard import words
from watcher_py.dashboard.pictures.svg import element, percent
from watcher_py.dashboard.plan.gain import Gain, Point

HEIGHT = 240
ABOVE, BELOW = 26, 30           # room for the values, and for the numbers of moves
PLOT = HEIGHT - ABOVE - BELOW
WIDTH = 1000                    # units of the line, stretched to whatever width there is
# A label right of here would leave the picture.
EDGE = 0.7


def curve(gain: Gain) -> Markup:
    scale = _Scale(gain)
    return element(
        'svg', _line(gain, scale), _bound(gain, scale), _most(gain, scale), _ends(gain),
        class_='gain', role='img', width='100%', height=HEIGHT,
        aria_label=f'{gain.objective}: {gain.tell(gain.start)} before, '
                   f'{gain.tell(gain.end)} after {words.plural(gain.moves, "move")}')


class _Scale:
    """Moves to the right, from none to all; values upwards, from the bound or the end."""

    def __init__(self, gain: Gain):
        self._moves = gain.moves
        self._top = max(point.value for point in gain.points)
        self._bottom = min(point.value for point in gain.points)
        if gain.bound is not None:
            self._bottom = min(self._bottom, gain.bound)

    def across(self, point: Point) -> float:
        return point.moves / self._moves

    def down(self, value: float) -> float:
        return PLOT * (self._top - value) / (self._top - self._bottom)

    def y(self, value: float) -> float:
        return ABOVE + self.down(value)


def _line(gain: Gain, scale: _Scale) -> Markup:
    places = [(scale.across(point) * WIDTH, scale.down(point.value)) for point in gain.points]
    line = 'M' + 'L'.join(f'{x:.1f} {y:.1f}' for x, y in places)
    area = f'{line}L{WIDTH} {PLOT}L0 {PLOT}Z'
    return element('svg', element('path', class_='area', d=area),
                   element('path', class_='line', d=line, vector_effect='non-scaling-stroke'),
                   y=ABOVE, width='100%', height=PLOT, viewBox=f'0 0 {WIDTH} {PLOT}',
                   preserveAspectRatio='none', overflow='visible')


def _bound(gain: Gain, scale: _Scale) -> Iterator[Markup]:
    if gain.bound is None:
        return
    y = scale.y(gain.bound)
    yield element('line', class_='bound', x1=0, x2='100%', y1=y, y2=y)
    yield element('text', f'no plan gets below {gain.tell(gain.bound)}', class_='label', x=0, y=y - 5)


def _most(gain: Gain, scale: _Scale) -> Iterator[Markup]:
    if (point := gain.most) is None:
        return
    told = f'{words.plural(point.moves, "move")}: 80 % of the gain'
    at, is_right = percent(scale.across(point)), scale.across(point) > EDGE
    yield element('line', class_='mark', x1=at, x2=at, y1=ABOVE, y2=ABOVE + PLOT)
    yield element('circle', class_='mark', cx=at, cy=scale.y(point.value), r=4)
    yield element('text', told, class_='label strong', x=at, dx=-6 if is_right else 6, y=ABOVE + 12,
                  text_anchor='end' if is_right else 'start')


def _ends(gain: Gain) -> Iterator[Markup]:
    yield element('line', class_='axis', x1=0, x2='100%', y1=ABOVE + PLOT, y2=ABOVE + PLOT)
    yield element('text', f'before {gain.tell(gain.start)}', class_='label strong', x=0, y=ABOVE - 9)
    yield element('text', f'after {gain.tell(gain.end)}', class_='label strong', x='100%', y=ABOVE - 9,
                  text_anchor='end')
    yield element('text', 'no move', class_='label', x=0, y=HEIGHT - 10)
    yield element('text', words.plural(gain.moves, 'move'), class_='label', x='100%', y=HEIGHT - 10,
                  text_anchor='end')
