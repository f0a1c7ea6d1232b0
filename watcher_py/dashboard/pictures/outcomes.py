# SPDX-License-Identifier: Apache-2.0
"""What was promised beside what was measured, plan after plan: a wide bar with a narrow one in it."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from watcher_py.dashboard.audits.outcomes import Outcome
from watcher_py.dashboard.pictures.scale import ticks
from watcher_py.dashboard.pictures.svg import element, percent
from watcher_py.dashboard.words import at, number

HEIGHT = 140
ABOVE, BELOW = 16, 4
PLOT = HEIGHT - ABOVE - BELOW
WIDE, NARROW = 0.7, 0.3         # of a plan's share of the width
FEWEST = 8                      # a single plan is no wall
LEFT = 0.09                     # of the width, for figures


def outcomes(plans: Sequence[Outcome], unit: str, label: str, link: str) -> Markup:
    """Oldest first; `link` goes before the uuid of a plan."""
    known = [value for plan in plans for value in (plan.promised, plan.measured) if value is not None]
    steps = ticks(max(known, default=0.0))
    width = (1 - LEFT) / max(len(plans), FEWEST)
    columns = (_plan(plan, LEFT + place * width, width, steps[-1], unit, link)
               for place, plan in enumerate(plans))
    return element('svg', _levels(steps), columns, class_='outcomes', role='group', aria_label=label,
                   height=HEIGHT, width='100%')


def _levels(steps: Sequence[float]) -> Iterator[Markup]:
    for step in (0.0, steps[len(steps) // 2], steps[-1]):
        y = ABOVE + PLOT - PLOT * step / steps[-1]
        yield element('line', class_='grid-line' if step else 'axis', x1=0, x2='100%', y1=y, y2=y)
        if step:
            yield element('text', number(step, 2), class_='label quiet', x=0, y=y - 3)


def _plan(plan: Outcome, left: float, width: float, most: float, unit: str, link: str) -> Markup:
    return element(
        'a', element('title', title(plan, unit)),
        # The whole column can be pointed at, however low its bars are.
        element('rect', class_='column', x=percent(left), y=0, width=percent(width), height=HEIGHT),
        _bar('promised', plan.promised, left, width, WIDE, most),
        _bar('measured missed' if plan.is_kept is False else 'measured', plan.measured, left, width, NARROW,
             most),
        href=f'{link}{plan.plan}')


def _bar(kind: str, value: float | None, left: float, width: float, share: float, most: float) -> Markup:
    if value is None:
        return Markup('')
    # Nothing is a line, so that it differs from what is not known.
    height = max(PLOT * value / most, 1.0)
    return element('rect', class_=kind, x=percent(left + width * (1 - share) / 2), y=ABOVE + PLOT - height,
                   width=percent(width * share), height=height)


def title(plan: Outcome, unit: str) -> str:
    told = [f'{what} {number(value, 2)} {unit}'.strip()
            for what, value in (('promised', plan.promised), ('measured', plan.measured))]
    return f'{at(plan.made_at)}: {", ".join(told)}'
