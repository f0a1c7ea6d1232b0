# SPDX-License-Identifier: Apache-2.0
"""A host as two thin bars, what is used above what is allocated; and one resource of it in full."""

from markupsafe import Markup

from watcher_py.dashboard.pictures.scale import within
from watcher_py.dashboard.pictures.svg import element, percent

THIN, THICK = 4, 28
INSET = 8                       # what is used lies within what is allocated


def host_bar(load: float | None, allocated: float | None, heat: str) -> Markup:
    """For a tile, whose text says the same; shares of 1."""
    return element('svg', _bar(load, 0, f'used {heat}'), _bar(allocated, THIN + 2, 'allocated'),
                   class_='bars', aria_hidden='true')


def resource_bar(used: float | None, allocated: float, capacity: float, total: float | None,
                 label: str) -> Markup:
    """All on one scale: what is used within what is allocated, and a line where the hardware ends."""
    most = max(used or 0.0, allocated, capacity, total or 0.0) or 1.0
    bars = [element('rect', class_='free', width=percent(capacity / most), height=THICK),
            element('rect', class_='allocated', width=percent(allocated / most), height=THICK)]
    if used is not None:
        bars.append(element('rect', class_='used', y=INSET,
                            width=percent(used / most), height=THICK - 2 * INSET))
    if total is not None and total < most:
        at = percent(total / most)
        bars.append(element('line', class_='hardware', x1=at, x2=at, y1=0, y2=THICK))
    return element('svg', *bars, class_='resource', role='img', aria_label=label)


def _bar(share: float | None, top: int, kind: str) -> Markup:
    if share is None:
        return Markup()
    return element('rect', class_=kind, y=top, width=percent(within(share)), height=THIN)
