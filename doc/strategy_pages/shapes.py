# SPDX-License-Identifier: Apache-2.0
"""What the pictures of the strategies are drawn with: colours, boxes, text, signs."""

from dataclasses import dataclass
from html import escape

WIDTH, MARGIN = 700, 18
PAPER, EDGE, INK, QUIET, MOVED, LINE = '#fcfbf8', '#ddd8cd', '#2d3136', '#6d7278', '#b8690b', '#b5342a'
FONT = 'DejaVu Sans, Verdana, sans-serif'


@dataclass(frozen=True)
class Spot:
    """Where a box is drawn."""

    x: float
    y: float
    wide: float
    tall: float

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2

    @property
    def centre(self) -> float:
        return self.y + self.tall / 2


def sheet(title: str, height: float, parts: list[str]) -> str:
    """On paper of its own, so that it can be read whatever lies behind it."""
    return '\n'.join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="{FONT}" fill="{INK}">',
        f'<title>{escape(title)}</title>',
        '<defs><pattern id="dark" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#e6e3dc"/>'
        '<rect width="2" height="6" fill="#d3cec3"/></pattern></defs>',
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10" fill="{PAPER}" '
        f'stroke="{EDGE}"/>', *parts, '</svg>')) + '\n'


def box(spot: Spot, fill: str, stroke: str, thick: float = 1, is_dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="4 3"' if is_dashed else ''
    return (f'<rect x="{spot.x:.1f}" y="{spot.y:.1f}" width="{spot.wide:.1f}" height="{spot.tall:.1f}" '
            f'rx="2.5" fill="{fill}" stroke="{stroke}" stroke-width="{thick:g}"{dashes}/>')


def text(x: float, y: float, said: str, size: float, *, anchor: str = 'middle', is_bold: bool = False,
         color: str = INK) -> str:
    weight = ' font-weight="bold"' if is_bold else ''
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{color}" '
            f'text-anchor="{anchor}"{weight}>{escape(said)}</text>')


def halo(x: float, y: float, said: str, size: float, color: str) -> str:
    """What lies behind a text, so that no line runs through it."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="none" stroke="{color}" '
            f'stroke-width="3" stroke-opacity="0.7" text-anchor="middle">{escape(said)}</text>')


def width_of(said: str, size: float) -> float:
    """At most, in the widest of the fonts."""
    return len(said) * size * 0.64


def size_for(said: str, wide: float, most: float) -> float | None:
    """The largest type in which a text has room."""
    return next((size for size in (12, 11, 10, 9, 8) if size <= most and width_of(said, size) <= wide), None)


def arrow(was: Spot, comes: Spot) -> str:
    """From a block to where it is going to stand."""
    way = 1 if comes.x > was.x else -1
    x, y = was.x + (was.wide if way > 0 else 0), was.centre
    tip, goal = comes.x + (10 if way > 0 else comes.wide - 10), comes.centre
    bend, end = max(18.0, abs(tip - x) * 0.45) * way, tip - 5 * way
    path = f'M{x:.1f} {y:.1f} C{x + bend:.1f} {y:.1f} {tip - bend:.1f} {goal:.1f} {end:.1f} {goal:.1f}'
    return (f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="4.5" stroke-opacity="0.85"/>'
            f'<path d="{path}" fill="none" stroke="{MOVED}" stroke-width="1.8"/>'
            f'<path d="M{tip:.1f} {goal:.1f} l{-8 * way} -4 v8 z" fill="{MOVED}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{MOVED}"/>')


def threshold(x: float, y: float, wide: float) -> str:
    return (f'<path d="M{x:.1f} {y:.1f} h{wide:.1f}" stroke="{LINE}" stroke-width="1.6" '
            'stroke-dasharray="5 3"/>')


def chevron(x: float, y: float) -> str:
    return (f'<path d="M{x - 9:.1f} {y - 11:.1f} l14 11 l-14 11" fill="none" stroke="#b9b3a6" '
            'stroke-width="3"/>')


def padlock(x: float, y: float) -> str:
    return (f'<path d="M{x + 1.8:.1f} {y:.1f} v-2 a2.2 2.2 0 0 1 4.4 0 v2" fill="none" stroke="{INK}" '
            f'stroke-width="1.3"/><rect x="{x:.1f}" y="{y:.1f}" width="8" height="5.6" rx="1" fill="{INK}"/>')
