# SPDX-License-Identifier: Apache-2.0
"""Score a node by the CPU that it has free."""

import json

from watcher_py.core.scoring import ScoringEngine, numbers


def calculate_score(features: str) -> str:
    load, *_ = numbers(features)
    return json.dumps([100 - load])


SCORER = ScoringEngine('free_cpu', 'Gives the CPU that a node has free, in %',
                       json.dumps({'feature_columns': ['cpu_percent'], 'result_columns': ['free_percent']}),
                       calculate_score)
