# SPDX-License-Identifier: Apache-2.0
"""Many may ask for the same: the source is asked once, also for what it can't tell."""

from collections.abc import Mapping

import numpy as np
import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.contract import Measured, Series
from watcher_py.engine.remembered import FORGOTTEN, Remembered

CPU, RAM = (MetricNeed(metric, 600, 300) for metric in (Metric.HOST_CPU, Metric.HOST_RAM))


class Source:
    """Counts what it is asked, and does not know the memory."""

    name = 'prometheus'

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, need: MetricNeed) -> Measured:
        self.asked.append(need.metric)
        if need == RAM:
            raise Unavailable('prometheus does not answer')
        return Measured({'cn1': float(len(self.asked))})

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        self.asked.append('series')
        return {'cn1': Series(np.zeros(1), np.ones(1))}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def remembered(source: Source, clock: Clock) -> Remembered:
    return Remembered(source, 15.0, 60.0, clock)


def test_an_answer_does_for_a_while(remembered: Remembered, source: Source, clock: Clock) -> None:
    assert [remembered.read(CPU).values['cn1'] for _ in range(3)] == [1.0, 1.0, 1.0]
    clock.now += 16
    assert remembered.read(CPU).values['cn1'] == 2.0


def test_a_failure_is_one_for_all_who_ask(remembered: Remembered, source: Source) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable, match='prometheus does not answer'):
            remembered.read(RAM)
    assert source.asked == [Metric.HOST_RAM]


def test_values_and_series_are_two_questions(remembered: Remembered, source: Source) -> None:
    for _ in range(2):
        assert remembered.read(CPU).values
        assert remembered.series(CPU)['cn1'].values.tolist() == [1.0]
    assert source.asked == [Metric.HOST_CPU, 'series']
    assert remembered.name == source.name


def test_what_nobody_asks_for_any_more_is_forgotten(remembered: Remembered, clock: Clock) -> None:
    remembered.series(CPU)
    clock.now += FORGOTTEN + 1
    remembered.read(CPU)
    assert list(remembered._answers) == [('read', CPU)]
