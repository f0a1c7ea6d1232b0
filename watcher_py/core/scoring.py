# SPDX-License-Identifier: Apache-2.0
"""A scoring engine: figures in, a score out, so that strategies can use what was learned elsewhere."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from watcher_py.core.errors import Invalid


@dataclass(frozen=True)
class ScoringEngine:
    """`metainfo` is JSON that tells what goes in and what comes out; features and score are JSON too."""

    name: str
    description: str
    metainfo: str
    calculate_score: Callable[[str], str]


# What a plug-in offers that finds its engines when it is asked: the models of a server, say.
ScoringContainer = Callable[[], Sequence[ScoringEngine]]


def numbers(features: str) -> list[float]:
    """The features, as a JSON list of one number or more; Invalid when they are anything else."""
    try:
        given: Any = json.loads(features, parse_int=float)
    except (ValueError, RecursionError):
        given = None
    is_list = isinstance(given, list) and given
    if not is_list or not all(type(one) is float and isfinite(one) for one in given):
        raise Invalid(f'features are a JSON list of numbers, not {features[:80]!r}')
    return list(given)
