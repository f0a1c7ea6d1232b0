# SPDX-License-Identifier: Apache-2.0
"""What is needed as one query of Prometheus: values, and what is wrong with them, told apart by a label."""

from dataclasses import dataclass, replace
from enum import StrEnum
from string import Template
from typing import Protocol

from watcher_py.core.metrics import MetricNeed

# The label that says what a row of the answer is.
PART = 'watcher_part'


class Part(StrEnum):
    """What a row of the answer tells, of a name or of all."""

    VALUE = 'value'
    AGE = 'age'                     # of the newest sample of all, in seconds
    STALE = 'stale'
    TWICE = 'twice'


class Recipe(Protocol):
    """How a metric is made of series."""

    @property
    def series(self) -> str:
        """What it is made of, at a moment."""

    @property
    def several(self) -> tuple[str, ...]:
        """Labels that the series of one host or server rightly differ in."""

    @property
    def is_stamped(self) -> bool:
        """Whether Prometheus knows when the series were sampled."""

    def over(self, length: float, need: MetricNeed) -> str:
        """The samples of the last so many seconds."""

    def value(self, need: MetricNeed, label: str) -> str:
        """The need's aggregate over its period, by the label; never asked for a count."""


def question(recipe: Recipe, need: MetricNeed, label: str) -> str:
    """All that is to be known of the metric in one query."""
    parts = {Part.VALUE: _value(recipe, need, label), Part.STALE: _stale(recipe, need, label),
             Part.TWICE: _twice(recipe, label)}
    if recipe.is_stamped:
        parts[Part.AGE] = _age(recipe)
    return ' or '.join(f'label_replace({query}, "{PART}", "{part}", "", "")'
                       for part, query in parts.items())


def step(recipe: Recipe, need: MetricNeed, label: str) -> str:
    """The aggregate over a single step, without what is there twice: asked over a range, it gives series."""
    one = replace(need, period=need.granularity)
    return f'({_value(recipe, one, label)}) unless {_twice(recipe, label)}'


def _value(recipe: Recipe, need: MetricNeed, label: str) -> str:
    if need.aggregate == 'count':
        # The most samples that one of its series has: a host of 64 CPUs isn't measured 64 times as often.
        return f'max by ({label}) (count_over_time({recipe.over(need.period, need)}))'
    return recipe.value(need, label)


def _stale(recipe: Recipe, need: MetricNeed, label: str) -> str:
    known, fresh = (f'group by ({label}) (present_over_time({recipe.over(length, need)}))'
                    for length in (2 * need.period, need.fresh_within))
    return f'({known} unless {fresh})'


def _twice(recipe: Recipe, label: str) -> str:
    """A server that has just migrated counts too, for as long as the series it left behind is seen."""
    number = f'count by ({", ".join((label, *recipe.several))}) ({recipe.series})'
    return f'(max by ({label}) ({number}) > 1)'


def _age(recipe: Recipe) -> str:
    """`timestamp` sees five minutes back; a range would tell its own time, and is dear at each step."""
    moments = (recipe.series, f'{recipe.series} offset 5m', f'{recipe.series} offset 10m')
    return ' or '.join(f'min(time() - timestamp({moment}))' for moment in moments)


@dataclass(frozen=True)
class _Sampled:
    """A metric that is made of one kind of series; the factor gives the metric's unit."""

    series: str
    factor: float = 1.0
    several: tuple[str, ...] = ()
    is_stamped: bool = True

    def over(self, length: float, need: MetricNeed) -> str:
        return f'{self.series}[{_seconds(length)}]'


@dataclass(frozen=True)
class Gauge(_Sampled):
    """The samples as they are."""

    def value(self, need: MetricNeed, label: str) -> str:
        # A server that has migrated left a series behind: its extremes are those of both.
        joined = need.aggregate if need.aggregate in ('min', 'max') else 'avg'
        value = _of_numbers(need, self.over(need.period, need))
        return _times(f'{joined} by ({label}) ({value})', self.factor)


@dataclass(frozen=True)
class Used(_Sampled):
    """What there is in all, less the samples of what is available."""

    total: str = ''

    def value(self, need: MetricNeed, label: str) -> str:
        available = _of_numbers(_mirrored(need), self.over(need.period, need))
        return _times(f'(avg by ({label}) ({self.total}) - avg by ({label}) ({available}))', self.factor)


@dataclass(frozen=True)
class Rate(_Sampled):
    """How fast counters grow, all of a server's together."""

    joined: str = 'sum'

    def value(self, need: MetricNeed, label: str) -> str:
        """Over the growth in each step, so that a time without samples isn't averaged as zero."""
        if need.period < 2 * need.granularity:
            return self._scaled(self._growth(need.period, label))
        steps = (f'({self._scaled(self._growth(need.granularity, label))})'
                 f'[{_seconds(need.period)}:{_seconds(need.granularity)}]')
        # Of what is polled less than once in two steps there is nothing but its newest growth.
        return f'{_over_time(need, steps)} or {self._scaled(self._newest(need.period, label))}'

    def _growth(self, length: float, label: str) -> str:
        """`rate` extrapolates over what it doesn't see, so it is asked where the series filled the window.

        Elsewhere the newest two samples tell, which also serves a counter that is polled once a step.
        """
        window = _seconds(length)
        return (f'({self.joined} by ({label}) (rate({self.series}[{window}]))'
                f' and group by ({label}) ({self.series} offset {window})'
                f' or {self._newest(2 * length, label)})')

    def _newest(self, length: float, label: str) -> str:
        return f'{self.joined} by ({label}) (irate({self.series}[{_seconds(length)}]))'

    def _scaled(self, growth: str) -> str:
        return _times(growth, self.factor)


@dataclass(frozen=True)
class Idle(Rate):
    """How fast counters of idle seconds don't grow, in %, the mean of a host's CPUs."""

    joined: str = 'avg'

    def _scaled(self, growth: str) -> str:
        return f'100 - {growth} * 100'


@dataclass(frozen=True)
class Expression:
    """The operator's own query, which is looked at once a step."""

    text: str
    factor: float = 1.0
    several: tuple[str, ...] = ()
    is_stamped: bool = False

    @property
    def series(self) -> str:
        return f'({self.text})'

    def over(self, length: float, need: MetricNeed) -> str:
        return f'{self.series}[{_seconds(length)}:{_seconds(min(length, need.granularity))}]'

    def value(self, need: MetricNeed, label: str) -> str:
        is_one_step = need.period < 2 * need.granularity
        value = self.series if is_one_step else _over_time(need, self.over(need.period, need))
        return _times(value, self.factor)


def filled(template: str, need: MetricNeed, label: str) -> str:
    """The operator's query for this need: $label, $period and $granularity stand for its own."""
    return Template(template).safe_substitute(
        label=label, period=_seconds(need.period), granularity=_seconds(need.granularity))


_AGGREGATES = {'mean': 'avg', 'min': 'min', 'max': 'max'}


def _over_time(need: MetricNeed, samples: str) -> str:
    if need.percentile is not None:
        return f'quantile_over_time({need.percentile / 100!r}, {samples})'
    return f'{_AGGREGATES[need.aggregate]}_over_time({samples})'


def _of_numbers(need: MetricNeed, samples: str) -> str:
    """Extremes and percentiles would pass over a sample that is no number; a mean doesn't."""
    value = _over_time(need, samples)
    return value if need.aggregate == 'mean' else f'{value} + 0 * avg_over_time({samples})'


def _mirrored(need: MetricNeed) -> MetricNeed:
    """The most is used where the least is available."""
    if need.percentile is not None:
        return replace(need, aggregate='p' + f'{100 - need.percentile:.9f}'.rstrip('0').rstrip('.'))
    return replace(need, aggregate={'min': 'max', 'max': 'min'}.get(need.aggregate, need.aggregate))


def _times(value: str, factor: float) -> str:
    return value if factor == 1 else f'{value} * {factor!r}'


def _seconds(length: float) -> str:
    return f'{max(1, round(length))}s'
