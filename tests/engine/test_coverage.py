# SPDX-License-Identifier: Apache-2.0
"""How much of a metric is known is said in figures, and only where something is amiss in a note."""

import pytest

from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.contract import Fault
from watcher_py.engine.coverage import Coverage


def _coverage(of, given, **more):
    empty = {'faults': {}, 'missing': 0, 'found': given}
    return Coverage(MetricNeed(Metric.HOST_RAM, 600, 300), of, given, **{**empty, **more})


@pytest.mark.parametrize(('coverage', 'figures'), [
    (_coverage(2, {'aetos': 2}), '2 of 2 known (2 from aetos)'),
    (_coverage(9, {'a': 2, 'b': 1}, faults={Fault.TWICE: 4}, missing=2),
     '3 of 9 known (2 from a, 1 from b), 4 duplicated, 2 missing'),
    (_coverage(0, {}), '0 of 0 known'),
], ids=['whole', 'in part', 'empty'])
def test_figures(coverage, figures):
    assert coverage.figures == figures


@pytest.mark.parametrize(('coverage', 'note'), [
    (_coverage(2, {'a': 2}, lacks=('b has no values',)), None),
    (_coverage(0, {}, lacks=('a has no values',)), None),
    (_coverage(2, {'a': 2}, failures=('b is down',)), '2 of 2 known (2 from a); b is down'),
    (_coverage(2, {'a': 1, 'b': 1}), '2 of 2 known (1 from a, 1 from b)'),
    (_coverage(2, {'a': 1}, missing=1, lacks=('b has no values',)), '1 of 2 known (1 from a), 1 missing'),
    (_coverage(2, {}, missing=2, lacks=('a has no values',)), 'a has no values'),
    (_coverage(2, {}, missing=2), '0 of 2 known, 2 missing'),
], ids=['whole', 'of nothing', 'whole in spite of', 'from two', 'in part', 'nobody has it', 'of others only'])
def test_a_note_is_made_where_something_is_amiss(coverage, note):
    assert coverage.note == (note and f'host_ram_usage: {note}')
