# SPDX-License-Identifier: Apache-2.0
"""JSON as every database and every client understands it: no NaN, no huge numbers, no name twice, no NUL."""

import json
import math
from typing import Any, NoReturn

from watcher_py.core.errors import Invalid

# Deep enough for every scope and parameter, and shallow enough for whatever walks it later.
DEEPEST = 64
LARGEST = 2 ** 63


def parse(text: bytes) -> Any:
    """The document, or Invalid with the reason."""
    try:
        document = json.loads(text.decode(), object_pairs_hook=_object, parse_int=_integer,
                              parse_float=_float, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f'The body is no JSON document: {error}') from None
    _check(document)
    return document


def check_text(text: str, what: str) -> None:
    """Invalid unless databases can keep this text: it is Unicode and has no NUL."""
    if '\0' in text or any('\ud800' <= letter <= '\udfff' for letter in text):
        raise Invalid(f'{what} holds a NUL or half a character')


def _check(document: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Invalid(f'The body is nested deeper than {DEEPEST} levels')
        for value in level:
            if isinstance(value, str):
                check_text(value, 'The body')
        level = [inner for value in level for inner in _inside(value)]


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError('an object has the same name twice')
    return made


def _integer(digits: str) -> int:
    # Compared as text first: to read a number of a million digits takes minutes.
    if len(digits) > len(str(-LARGEST)) or not -LARGEST <= int(digits) < LARGEST:
        raise ValueError('a number is too large')
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError('a number is too large')
    return number


def _no_number(word: str) -> NoReturn:
    raise ValueError(f'{word} is not JSON')
