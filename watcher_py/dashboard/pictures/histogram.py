# SPDX-License-Identifier: Apache-2.0
"""How many there are of each kind, as columns side by side."""

from collections.abc import Sequence

from markupsafe import Markup

from watcher_py.dashboard.pictures.svg import element, percent

HEIGHT = 120
ABOVE, BELOW = 18, 20           # room for the counts, and for what is counted
GAP = 0.12                      # of a column's width


def histogram(counts: Sequence[int], names: Sequence[str], kinds: Sequence[str], label: str) -> Markup:
    """`kinds` are the classes that say how each column is to be painted."""
    most, wide = max(counts, default=0) or 1, 1 / max(len(counts), 1)
    columns = [_column(count / most, place * wide, wide, str(count), name, kind)
               for place, (count, name, kind) in enumerate(zip(counts, names, kinds, strict=True))]
    floor = HEIGHT - BELOW
    axis = element('line', class_='axis', x1=0, x2='100%', y1=floor, y2=floor)
    return element('svg', *columns, axis, class_='histogram', role='img', aria_label=label, height=HEIGHT)


def _column(share: float, left: float, wide: float, count: str, name: str, kind: str) -> Markup:
    floor, tall = HEIGHT - BELOW, round(share * (HEIGHT - ABOVE - BELOW), 1)
    middle = percent(left + wide / 2)
    return element(
        'g',
        element('rect', class_=kind, x=percent(left + wide * GAP / 2), width=percent(wide * (1 - GAP)),
                y=floor - tall, height=tall),
        element('text', count, class_='value', x=middle, y=floor - tall - 5) if count != '0' else '',
        element('text', name, class_='label', x=middle, y=HEIGHT - 5))
