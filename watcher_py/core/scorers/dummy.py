# SPDX-License-Identifier: Apache-2.0
"""Classify the load of a node by rule of thumb: an example for those who have a learned classifier."""

import json

from watcher_py.core.errors import Invalid
from watcher_py.core.scoring import ScoringEngine, numbers

FEATURES = ('cpu_user_percent', 'memory_total_mb', 'memory_available_mb', 'page_reads_per_second',
            'page_writes_per_second', 'disk_read_mb_per_second', 'disk_write_mb_per_second',
            'network_in_mb_per_second', 'network_out_mb_per_second')
CLASSES = ('idle', 'cpu', 'memory', 'disk')

# A rate at which pages and disks count as fully busy, and the share below which a node counts as idle.
PAGES_BUSY, DISK_BUSY = 1000.0, 200.0
IDLE_BELOW = 0.2


def calculate_score(features: str) -> str:
    """The likeliest class, as its number, then the probability of each."""
    probabilities = _probabilities(numbers(features))
    return json.dumps([probabilities.index(max(probabilities)), *probabilities])


def _probabilities(given: list[float]) -> list[float]:
    if len(given) != len(FEATURES):
        raise Invalid(f'{len(FEATURES)} features are needed ({", ".join(FEATURES)}), not {len(given)}')
    cpu, memory, free, pages_in, pages_out, read, written, *_network = given
    used = 1 - free / memory if memory > 0 else 0.0
    loads = [_share(cpu / 100), _share(max(used, (pages_in + pages_out) / PAGES_BUSY)),
             _share((read + written) / DISK_BUSY)]
    weights = [_share(2 * IDLE_BELOW - max(loads)), *loads]
    total = sum(weights)
    return [round(weight / total, 6) for weight in weights]


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


SCORER = ScoringEngine(
    'dummy_scorer', 'Tells by rule of thumb what a node is busy with',
    json.dumps({'feature_columns': FEATURES, 'classes': CLASSES,
                'result_columns': ['class', *(f'probability_{name}' for name in CLASSES)]}),
    calculate_score)
