# SPDX-License-Identifier: Apache-2.0
"""Steps of an archive come to what their samples come to, wherever samples are missing."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import archive
from watcher_py.datasources.contract import Fault

STEP = 300
END = 1_700_000_100
NOW = END + 20
PERIOD = 3600
STEPS = PERIOD // STEP

values = st.floats(-1e6, 1e6)
measured = st.lists(st.none() | values, min_size=STEPS + 1, max_size=STEPS + 1)


def _need(aggregate='mean', period=PERIOD, granularity=STEP):
    return MetricNeed(Metric.HOST_POWER, period, granularity, aggregate)


def _samples(column):
    """The last of them in the step that ends at END, one before in each earlier step."""
    begins = [END - STEP * (len(column) - number) for number in range(len(column))]
    return [(begin, value) for begin, value in zip(begins, column, strict=True) if value is not None]


def _judge(*columns, need=None, now=NOW):
    rows = [(f'cn{number}', _samples(column)) for number, column in enumerate(columns)]
    return archive.judge([archive.of(rows, STEP)], need or _need(), now)


@given(st.lists(measured, min_size=1, max_size=5),
       st.sampled_from(['mean', 'min', 'max', 'count', 'p0', 'p37.5', 'p50', 'p95', 'p100']))
@example([[None] * (STEPS + 1)], 'min')
def test_an_aggregate_is_that_of_the_steps_in_the_period(columns, aggregate):
    need = _need(aggregate)
    found = _judge(*columns, need=need)
    for number, column in enumerate(columns):
        fresh = any(value is not None for value in column[-3:])
        inside = np.array([value for value in column[-STEPS:] if value is not None])
        if not fresh:
            assert found.faults[f'cn{number}'] is Fault.STALE
            continue
        truth = len(inside) if aggregate == 'count' else (
            np.quantile(inside, need.percentile / 100) if need.percentile is not None
            else getattr(inside, aggregate)())
        assert found.values[f'cn{number}'] == pytest.approx(truth)


@given(st.lists(st.booleans(), min_size=30, max_size=30), st.floats(0, 1e10), st.sampled_from([60, 300, 900]))
def test_a_counter_that_grows_evenly_has_one_rate_whatever_is_missing(seen, rate, window):
    samples = [(END - STEP * back, 1e15 - rate * STEP * back) for back, here in enumerate(seen) if here]
    grown = archive.growth(archive.of([('s1', samples[::-1])], STEP), window)
    assert np.all(np.abs(grown.values[grown.seen] - rate) <= 1e-9 * rate + 1e-2)
    assert grown.seen.sum() <= max(0, len(samples) - 1)


def test_a_step_that_still_runs_counts_only_where_there_is_no_other():
    running = archive.of([('cn1', [(END - STEP, 1.0), (END, 5.0)]), ('cn2', [(END, 5.0)])], STEP)
    found = archive.judge([running], _need(), NOW)
    assert found.values == {'cn1': 1, 'cn2': 5}
    assert found.newest == NOW


def test_a_sample_that_is_not_in_the_archive_yet_does_not_make_its_series_stale():
    late = _judge([1.0, 2.0, None], need=_need(period=STEP))
    assert (late.values, late.faults) == ({'cn0': 2}, {})
    assert _judge([1.0, None, None], need=_need(period=STEP)).faults == {'cn0': Fault.STALE}


def test_a_period_shorter_than_a_step_is_the_last_step():
    assert _judge([1.0, 2.0], need=_need(period=60, granularity=60)).values == {'cn0': 2}


def test_nothing_is_not_an_error():
    empty = archive.of([], STEP)
    silent = archive.of([('cn1', [])], STEP)
    assert archive.judge([empty, silent], _need(), NOW).faults == {'cn1': Fault.STALE}
    assert archive.judge([empty, archive.growth(silent, STEP)], _need(), NOW).newest is None
    assert archive.series([empty, silent], _need(), NOW) == {}


def test_of_a_name_that_comes_twice_there_is_no_series():
    rows = [('cn1', _samples([1.0, 2.0])), ('cn1', _samples([1.0])), ('cn2', _samples([3.0]))]
    two = archive.of(rows, STEP)
    assert archive.series([two], _need(), NOW).keys() == {'cn2'}


@pytest.mark.parametrize('order', [1, -1])
def test_of_two_series_the_one_that_goes_on_is_the_names(order):
    old, new = [('cn1', _samples([1.0] + [None] * 5))], [('cn1', _samples([2.0]))]
    parts = [archive.of(rows, STEP) for rows in (old, new)][::order]
    assert archive.judge(parts, _need(), NOW).values == {'cn1': 2}


def test_a_third_series_of_a_name_does_not_make_it_single():
    three = archive.of([('cn1', _samples([1.0]))] * 3, STEP)
    assert archive.judge([three], _need(), NOW).faults == {'cn1': Fault.TWICE}
