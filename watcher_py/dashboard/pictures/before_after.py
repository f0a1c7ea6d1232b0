# SPDX-License-Identifier: Apache-2.0
"""A host's bars before and after a plan, one over the other: what is used, allocated and free."""

from markupsafe import Markup

from watcher_py.dashboard.pictures.svg import element, percent
from watcher_py.dashboard.plan.hosts import Amount

HEIGHT, GAP = 11, 4
# What is used lies inside of what is allocated.
INSET = 3


def before_after(before: Amount, after: Amount, most: float) -> Markup:
    """Bars of which the whole width is `most`; readers hear the figures, which stand beside it as text."""
    return element('svg', [*_bar(before, 0, most), *_bar(after, HEIGHT + GAP, most)],
                   class_='before-after', width='100%', height=2 * HEIGHT + GAP, aria_hidden='true')


def _bar(amount: Amount, top: int, most: float) -> list[Markup]:
    if not most or amount.capacity is None:
        return [element('text', 'unknown', class_='label', x=0, y=top + HEIGHT - 1)]
    bars = [_part('free', amount.capacity / most, top, HEIGHT)]
    if amount.allocated is not None:
        bars.append(_part('allocated', amount.allocated / most, top, HEIGHT))
    if amount.used is not None:
        bars.append(_part('used', amount.used / most, top + INSET, HEIGHT - 2 * INSET))
    if amount.allocated is not None and amount.allocated > amount.capacity:
        bars.append(element('rect', class_='beyond', x=percent(amount.capacity / most), y=top,
                            width=percent((amount.allocated - amount.capacity) / most), height=HEIGHT))
    return bars


def _part(kind: str, share: float, top: int, height: int) -> Markup:
    return element('rect', class_=kind, x=0, y=top, width=percent(share), height=height)
