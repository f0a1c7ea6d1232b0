# SPDX-License-Identifier: Apache-2.0
"""Whether a value satisfies what a flavor's extra spec asks, by the operators that Nova documents."""

import operator
from collections.abc import Callable

_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    '=': operator.ge, '==': operator.eq, '!=': operator.ne, '>=': operator.ge, '<=': operator.le}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    's==': operator.eq, 's!=': operator.ne, 's<': operator.lt, 's<=': operator.le, 's>': operator.gt,
    's>=': operator.ge}


def satisfies(value: str, asked: str) -> bool:
    """False too where an operator can't be applied to the value; `=` means "at least", as in Nova."""
    name, *words = asked.split() or ['']
    if name == '<or>':
        # '<or> a <or> b'
        return value in words[::2]
    if name == '<in>':
        return bool(words) and words[0] in value
    if name == '<all-in>':
        return bool(words) and all(word in value for word in words)
    if name in _TEXTS:
        return bool(words) and _TEXTS[name](value, words[0])
    if name in _NUMBERS:
        return bool(words) and _compares(_NUMBERS[name], value, words[0])
    return value == asked


def _compares(compare: Callable[[float, float], bool], value: str, asked: str) -> bool:
    try:
        return compare(float(value), float(asked))
    except ValueError:
        return False
