# SPDX-License-Identifier: Apache-2.0
"""A source of metrics that many ask the same: it is asked now and then, and nobody waits for it for long."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources.contract import Measured, MetricSource, Series
from watcher_py.monitor.fresh import Fresh

Ask = Callable[[MetricNeed], Any]

# For a question that nobody puts any more its answer is not kept.
FORGOTTEN = 300.0               # seconds


@dataclass
class _Answer:
    ask: Fresh[Any]
    wanted: float               # when it was asked for last


class Remembered:
    """A MetricSource around another; for any threads."""

    def __init__(self, source: MetricSource, kept: float, patience: float,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.name = source.name
        self._source = source
        self._kept = kept
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._answers: dict[tuple[str, MetricNeed], _Answer] = {}

    def read(self, need: MetricNeed) -> Measured:
        measured: Measured = self._answer('read', need, self._source.read)
        return measured

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        series: Mapping[str, Series] = self._answer('series', need, self._source.series)
        return series

    def _answer(self, kind: str, need: MetricNeed, ask: Ask) -> Any:
        moment = self._clock()
        with self._lock:
            self._answers = {key: answer for key, answer in self._answers.items()
                             if moment - answer.wanted <= FORGOTTEN}
            answer = self._answers.setdefault((kind, need), _Answer(
                Fresh(self.name, lambda: ask(need), self._kept, self._patience, self._clock), moment))
            answer.wanted = moment
        return answer.ask()
