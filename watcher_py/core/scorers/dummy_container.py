# SPDX-License-Identifier: Apache-2.0
"""Several scoring engines of one plug-in: the least, the greatest and the mean of any numbers."""

import json
from collections.abc import Callable
from statistics import fmean

from watcher_py.core.scoring import ScoringEngine, numbers

METAINFO = json.dumps({'feature_columns': 'any numbers', 'result_columns': ['score']})


def engines() -> list[ScoringEngine]:
    return [_engine('min', 'least', min), _engine('max', 'greatest', max), _engine('avg', 'mean', fmean)]


def _engine(name: str, word: str, summary: Callable[[list[float]], float]) -> ScoringEngine:
    def calculate_score(features: str) -> str:
        return json.dumps([summary(numbers(features))])

    return ScoringEngine(
        f'dummy_{name}_scorer', f'Gives the {word} of the features', METAINFO, calculate_score)
