# SPDX-License-Identifier: Apache-2.0
"""Pictures of plans that move nothing: their actions, one after the other."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from strategy_pages.runs import Run
from strategy_pages.shapes import MARGIN, QUIET, WIDTH, Spot, box, sheet, text, width_of
from watcher_py.core.changes import Change

GAP, TOP, LINE, SIZE = 30, 36, 15, 10.5


def chain(run: Run) -> str:
    changes = [action.change for action in run.plan.actions]
    wide = min(200.0, (WIDTH - 2 * MARGIN - GAP * (len(changes) - 1)) / len(changes))
    said = [_lines(change, wide - 12) for change in changes]
    tall = 38 + LINE * max(map(len, said))
    spots = [Spot(MARGIN + place * (wide + GAP), TOP, wide, tall) for place in range(len(changes))]
    return sheet(f'{run.strategy.display_name}: the actions of its plan', TOP + tall + 18, [
        text(MARGIN, 24, 'the plan: each action waits for the one before', 11, anchor='start', color=QUIET),
        *(part for spot, change, lines in zip(spots, changes, said, strict=True)
          for part in _action(spot, change, lines)), *_arrows(spots)])


def _lines(change: Change, wide: float) -> list[str]:
    """What the action is told, without the id of what it is about, which is long and has a name beside it."""
    most = int(wide / width_of('x', SIZE))
    return [line for key, value in change.parameters().items() if key != 'resource_id'
            for line in wrap(str(value) if key in ('message', 'resource_name') else f'{key} {value}', most)]


def _action(spot: Spot, change: Change, lines: Sequence[str]) -> Iterator[str]:
    yield box(spot, '#d9e4ee', '#adc5da')
    size = 13 if len(change.action_type) < 18 else 11
    yield text(spot.middle, TOP + 22, change.action_type, size, is_bold=True)
    for place, line in enumerate(lines):
        yield text(spot.middle, TOP + 41 + LINE * place, line, SIZE)


def _arrows(spots: Sequence[Spot]) -> Iterator[str]:
    for spot in spots[:-1]:
        x, y = spot.x + spot.wide + 5, spot.centre
        yield (f'<path d="M{x:.1f} {y:.1f} h14" stroke="{QUIET}" stroke-width="2"/>'
               f'<path d="M{x + 21:.1f} {y:.1f} l-9 -5 v10 z" fill="{QUIET}"/>')
