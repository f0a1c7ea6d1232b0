# SPDX-License-Identifier: Apache-2.0
"""SVG as a tree of elements; text and attributes are escaped, whatever they hold."""

from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

Value = str | float | None
Child = str | Iterable[Markup]      # a str that is no Markup is text


def element(tag: str, *children: Child, **attributes: Value) -> Markup:
    """An element; `class_` is written class, `stroke_width` stroke-width, and what is None is left out."""
    told = ''.join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items()
                   if value is not None)
    inside = ''.join(map(_inside, children))
    return Markup(f'<{tag}{told}>{inside}</{tag}>' if inside else f'<{tag}{told}/>')  # noqa: S704 - escaped


def percent(share: float) -> str:
    """A length as a share of the picture, which is so drawn at any width without its text being scaled."""
    return f'{_value(100 * share)}%'


@cache
def _name(key: str) -> str:
    return key.rstrip('_').replace('_', '-')


def _value(value: Value) -> str:
    return f'{value:.2f}'.rstrip('0').rstrip('.') if isinstance(value, float) else str(escape(value))


def _inside(child: Child) -> str:
    return escape(child) if isinstance(child, str) else ''.join(map(_inside, child))
