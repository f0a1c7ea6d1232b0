# SPDX-License-Identifier: Apache-2.0
"""What the API finds wrong with parameters, at the field that it is about."""

import re
from collections.abc import Iterable

# 'parameters of strategy NAME: place.inside: what is wrong'
PLACE = re.compile(r'parameters of strategy \S+?: ([\w.]+): ')
QUOTED = re.compile(r"'(\w+)'")


def placed(sentence: str, names: Iterable[str]) -> dict[str, str]:
    """The sentence by the field that it names; {} when it is about none of them."""
    known = list(names)
    found = PLACE.match(sentence)
    if found and (field := _field_of(found[1], known)):
        return {field: sentence[found.end():]}
    meant = next(filter(None, (_field_of(name, known) for name in QUOTED.findall(sentence))), None)
    return {meant: sentence} if meant else {}


def _field_of(place: str, names: list[str]) -> str | None:
    """The field of this place: that place itself, what it lies in, or the first part of it."""
    within = [name for name in names if f'{place}.'.startswith(f'{name}.')]
    return next(iter(within or [name for name in names if name.startswith(f'{place}.')]), None)
