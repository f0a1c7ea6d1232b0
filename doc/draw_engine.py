# SPDX-License-Identifier: Apache-2.0
"""Draw what benchmarks/engine.py wrote to FIGURES.json: a picture, and the tables that the pages include."""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / 'source'
UPSTREAM, REFUSED, OURS = '#c9a227', '#b5533c', '#2a78b8'
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 860, 330, 60, 40, 60
HALF = WIDTH // 2
SERIES = (('upstream, promised', 'upstream', UPSTREAM),
          ('upstream, refused moves skipped', 'upstream, refused skipped', REFUSED),
          ('ours', 'active', OURS))
MOST_GAP = 150.0
Row = dict[str, Any]


def main() -> None:
    figures = json.loads(Path(sys.argv[1]).read_text())
    (SOURCE / 'images' / 'engine.svg').write_text(picture(figures['consolidation']))
    for name, rows in figures.items():
        (SOURCE / 'reference' / f'engine-{name}.inc').write_text(table(rows))


def picture(rows: Sequence[Row]) -> str:
    """Left how many hosts stay on, by the bound; right what the plan costs."""
    parts = [*_gaps(rows), *_times(rows)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif" font-size="12" fill="#444">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + '\n'.join(parts) + '\n</svg>\n')


def table(rows: Sequence[Row]) -> str:
    lines = ['.. list-table::', '   :header-rows: 1', '']
    for cells in (list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)):
        lines += [f'   {"* -" if number == 0 else "  -"} {cell}' for number, cell in enumerate(cells)]
    return '\n'.join(lines) + '\n'


def _gaps(rows: Sequence[Row]) -> Iterator[str]:
    yield _text(LEFT, 20, 'Active hosts above the proven bound, %', size=14)
    step = (HALF - LEFT - 20) / len(rows)
    for number, (label, key, color) in enumerate(SERIES):
        yield _bar(LEFT + 6, TOP + 10 + 18 * number, 10, 10, color)
        yield _text(LEFT + 22, TOP + 9 + 18 * number, label)
        for place, row in enumerate(rows):
            if row[key] is not None:
                gap = 100 * (row[key] / row['bound'] - 1)
                tall = max(1.0, gap / MOST_GAP * (HEIGHT - TOP - BOTTOM))
                x, bottom = LEFT + place * step + number * step / 4 + 6, HEIGHT - BOTTOM
                yield _bar(x, bottom, step / 4 - 2, tall, color)
                yield _text(x + step / 8, bottom - tall - 4, f'{gap:.1f}', size=9, middle=True)
    for place, row in enumerate(rows):
        yield _text(LEFT + (place + 0.45) * step, HEIGHT - BOTTOM + 18, row['size'], size=10, middle=True)


def _times(rows: Sequence[Row]) -> Iterator[str]:
    yield _text(HALF + LEFT, 20, 'CPU seconds, from snapshot to schedule', size=14)
    for power in range(-1, 3):
        y = _y(10.0 ** power)
        yield f'<line x1="{HALF + LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield _text(HALF + LEFT - 34, y + 4, f'{10.0 ** power:g}')
    for key, color in (('upstream CPU s', UPSTREAM), ('CPU s', OURS)):
        points = [(_x(row, rows), _y(row[key])) for row in rows if row[key] is not None]
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>' for x, y in points)
    for row in rows:
        yield _text(_x(row, rows), HEIGHT - BOTTOM + 18, row['size'].split('x')[1], size=10, middle=True)
    yield _text(HALF + LEFT, HEIGHT - BOTTOM + 38, 'servers')


def _x(row: Row, rows: Sequence[Row]) -> float:
    servers = [int(each['size'].split('x')[1]) for each in rows]
    share = math.log(int(row['size'].split('x')[1]) / servers[0]) / math.log(servers[-1] / servers[0])
    return HALF + LEFT + 20 + share * (HALF - LEFT - 60)


def _y(seconds: float) -> float:
    """Logarithmic, from 0.05 to 200 s."""
    share = math.log(max(seconds, 0.05) / 0.05) / math.log(200 / 0.05)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _bar(x: float, bottom: float, wide: float, tall: float, color: str) -> str:
    return (f'<rect x="{x:.1f}" y="{bottom - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" '
            f'fill="{color}"/>')


def _text(x: float, y: float, text: str, size: int = 11, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ''
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{anchor}>{text}</text>'


def _shown(value: Any) -> str:
    if value is None:
        return '\\-'
    return f'{value:.2f}' if isinstance(value, float) else str(value)


if __name__ == '__main__':
    main()
