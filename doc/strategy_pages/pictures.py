# SPDX-License-Identifier: Apache-2.0
"""Pictures of a plan: before and after, nodes and pools as boxes with what stands in them as blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from strategy_pages.looks import FILLS, OWN, PLAIN
from strategy_pages.runs import Run
from strategy_pages.shapes import (
    MARGIN,
    MOVED,
    QUIET,
    WIDTH,
    Spot,
    arrow,
    box,
    chevron,
    halo,
    padlock,
    sheet,
    size_for,
    text,
    threshold,
    width_of,
)
from strategy_pages.towers import Block, Tower, both
from watcher_py.core.cluster import VCPU

TOP, TALL, FOOT, BETWEEN, GAP = 44, 176, 46, 44, 9
FLOOR, LEGEND, HEIGHT = TOP + TALL, TOP + TALL + FOOT + 8, TOP + TALL + FOOT + 22
PANEL = (WIDTH - 2 * MARGIN - BETWEEN) / 2
RIGHT = MARGIN + PANEL + BETWEEN
# A box, and the rest of what `box` asks for.
Sign = tuple[Any, ...]


def picture(run: Run) -> str:
    before, after, moved = both(run)
    was, comes = _spots(before, MARGIN), _spots(after, MARGIN)
    return sheet(f'{run.strategy.display_name}: before and after the plan', HEIGHT, [
        text(MARGIN, 26, 'before', 14, anchor='start', is_bold=True),
        text(RIGHT, 26, 'after', 14, anchor='start', is_bold=True),
        chevron(RIGHT - BETWEEN / 2, FLOOR - TALL / 2),
        *_boxes(before, MARGIN, moved, run.example.line), *_boxes(after, RIGHT, moved, run.example.line),
        *(arrow(was[key], comes[key]) for key in sorted(moved)),
        *_names(before, MARGIN), *_names(after, RIGHT), *_wanted(run, after),
        *_legend(run, before, bool(moved))])


def _columns(count: int, left: float) -> tuple[list[float], float]:
    """Where each tower begins, and how wide all are."""
    wide = min(104.0, (PANEL - GAP * (count - 1)) / count)
    return [left + place * (wide + GAP) for place in range(count)], wide


def _spots(towers: Sequence[Tower], left: float) -> dict[str, Spot]:
    """Where each block is drawn, by its key."""
    xs, wide = _columns(len(towers), left)
    found = {}
    for x, tower in zip(xs, towers, strict=True):
        y = FLOOR - tower.own * TALL
        for block in tower.blocks:
            y -= block.size * TALL
            found[block.key] = Spot(x + 3, y, wide - 6, block.size * TALL)
    return found


def _boxes(towers: Sequence[Tower], left: float, moved: set[str], line: float | None) -> Iterator[str]:
    xs, wide = _columns(len(towers), left)
    spots = _spots(towers, left)
    for x, tower in zip(xs, towers, strict=True):
        tall = tower.size * TALL
        fill = 'url(#dark)' if tower.is_dark or (tower.is_closed and not tower.blocks) else '#ffffff'
        yield box(Spot(x, FLOOR - tall - 2, wide, tall + 4), fill, '#9aa0a6', is_dashed=tower.is_closed)
        if tower.own:
            yield box(Spot(x + 3, FLOOR - tower.own * TALL, wide - 6, tower.own * TALL), *OWN)
        for block in tower.blocks:
            yield from _block(block, spots[block.key], block.key in moved)
        if line is not None:
            yield threshold(x - 2, FLOOR - line * tall, wide + 4)


def _block(block: Block, spot: Spot, is_moved: bool) -> Iterator[str]:
    pale, deep = FILLS[block.color]
    inner = replace(spot, y=spot.y + 1, tall=max(spot.tall - 2, 1))
    yield box(inner, pale, pale, 0)
    if block.use:
        yield box(replace(inner, wide=inner.wide * min(block.use, 1)), deep, deep, 0)
    yield box(inner, 'none', MOVED if is_moved else deep, 1.8 if is_moved else 1, is_dashed=block.is_off)


def _names(towers: Sequence[Tower], left: float) -> Iterator[str]:
    """Above the arrows."""
    xs, wide = _columns(len(towers), left)
    spots = _spots(towers, left)
    for x, tower in zip(xs, towers, strict=True):
        middle = x + wide / 2
        yield text(middle, FLOOR + 18, tower.name, size_for(tower.name, wide, 12) or 8, is_bold=True)
        size = size_for(tower.caption, wide + GAP, 11) or 8
        yield text(middle, FLOOR + 33, tower.caption, size, color=QUIET)
        for block in tower.blocks:
            yield from _name(block, spots[block.key])


def _name(block: Block, spot: Spot) -> Iterator[str]:
    """None where it has no room in its block."""
    mark = 12 if block.is_locked else 0
    size = size_for(block.name, spot.wide - 4 - mark, min(11, spot.tall - 3))
    if size:
        x, y = spot.middle - mark / 2, spot.centre + size * 0.36
        yield halo(x, y, block.name, size, FILLS[block.color][0])
        yield text(x, y, block.name, size)
    if mark:
        yield padlock(spot.x + spot.wide - 12, spot.centre)


def _wanted(run: Run, after: Sequence[Tower]) -> Iterator[str]:
    """Dashed, in the room that there is for them afterwards: the servers that are to come."""
    xs, wide = _columns(len(after), RIGHT)
    filled = [tower.filled for tower in after]
    a_vcpu = after[0].size / run.after.cluster.nodes.total[0, VCPU]
    for name, amount in run.example.wanted:
        size = amount * a_vcpu
        place = next(place for place, tower in enumerate(after) if filled[place] + size <= tower.size + 1e-9)
        filled[place] += size
        spot = Spot(xs[place] + 3, FLOOR - filled[place] * TALL + 1, wide - 6, size * TALL - 2)
        yield box(spot, '#f2f8f2', '#4b8a57', 1.4, is_dashed=True)
        yield text(spot.middle, spot.centre + 4, name, 11, color='#35693f')


def _legend(run: Run, before: Sequence[Tower], has_moves: bool) -> Iterator[str]:
    x = float(MARGIN)
    for signs, meaning in _meanings(run, before, has_moves):
        yield from (box(replace(spot, x=x + spot.x), *colors) for spot, *colors in signs)
        yield text(x + 17, LEGEND, meaning, 10.5, anchor='start', color=QUIET)
        x += 17 + width_of(meaning, 10.5) + 10
    if run.example.line is not None:
        yield threshold(x, LEGEND - 4, 13)
        yield text(x + 18, LEGEND, 'threshold', 10.5, anchor='start', color=QUIET)
    yield text(WIDTH - MARGIN, LEGEND, run.example.unit, 10.5, anchor='end', color=QUIET)


def _meanings(run: Run, before: Sequence[Tower], has_moves: bool) -> Iterator[tuple[list[Sign], str]]:
    """The signs in the picture: the boxes of each and their colours, and what it means."""
    sign = Spot(0, LEGEND - 9, 12, 11)
    for color, meaning in run.example.legend:
        yield [(sign, *FILLS[color])], meaning
    if run.example.is_use_shown:
        pale, deep = FILLS[PLAIN]
        yield [(sign, pale, deep), (replace(sign, wide=6), deep, deep)], 'dark: used'
    if any(tower.own for tower in before):
        yield [(sign, *OWN)], 'the node itself'
    if any(block.is_off for tower in before for block in tower.blocks):
        yield [(sign, 'none', QUIET, 1.4, True)], 'switched off'
    if has_moves:
        yield [(sign, 'none', MOVED, 1.8)], 'moves'
