# SPDX-License-Identifier: Apache-2.0
"""Values of JSON that came from outside, as what they should be."""

import math
from collections.abc import Mapping
from typing import Any


def named(value: Any) -> str:
    """A text that something goes by; ValueError where there is none."""
    if not isinstance(value, str) or not value:
        raise ValueError(f'{value!r} is no name')
    return value


def text(value: Any) -> str:
    return value if isinstance(value, str) else ''


def maybe(value: Any) -> str | None:
    """A text; None where there is none, or an empty one."""
    return text(value) or None


def texts(values: Any) -> Mapping[str, str]:
    """The texts of an object by their keys."""
    given = values if isinstance(values, dict) else {}
    return {key: value for key, value in given.items() if isinstance(value, str)}


def amount(value: Any) -> float:
    """A number of 0 or more, also where it comes as a text, or as the word for no end; else NaN: unknown."""
    if isinstance(value, str) and value.strip().lower() == 'infinite':
        return math.inf
    try:
        found = math.nan if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return found if found >= 0 else math.nan


def truth(value: Any) -> bool:
    """True, also where it comes as a text."""
    return value.lower() == 'true' if isinstance(value, str) else bool(value)
