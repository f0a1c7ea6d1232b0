# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

import pytest

from tests.dashboard.plan.rows import deeds, move
from watcher_py.dashboard.pictures.gantt import NAMES, gantt
from watcher_py.dashboard.plan.lanes import lanes_of
from watcher_py.dashboard.plan.timing import Span


def picture(*spans):
    rows = deeds(*(move(name, state=state) for name, state, _, _ in spans))
    lanes = lanes_of([Span(deed, begin, end, state == 'PENDING')
                      for deed, (_, state, begin, end) in zip(rows, spans, strict=True)])
    return ElementTree.fromstring(f'<div>{gantt(lanes, "Schedule")}</div>')


def bars(drawn):
    return [bar for bar in drawn.iter('rect') if 'bar' in bar.get('class')]


def test_bars_lie_where_their_times_are():
    first, second = bars(picture(('a', 'SUCCEEDED', 0, 50), ('b', 'PENDING', 50, 100)))
    plot = 100 * (1 - NAMES)
    assert float(first.get('x').rstrip('%')) == pytest.approx(100 * NAMES)
    assert float(second.get('x').rstrip('%')) == pytest.approx(100 * NAMES + plot / 2)
    assert first.get('width') == second.get('width') == f'{plot / 2:g}%'


def test_bars_are_told_apart_by_state_and_what_is_to_come_is_expected():
    drawn = bars(picture(('a', 'SUCCEEDED', 0, 9), ('b', 'FAILED', 0, 9), ('c', 'PENDING', 9, 20)))
    assert [bar.get('class') for bar in drawn] == ['bar succeeded', 'bar failed', 'bar predicted']
    assert drawn[2].findtext('title') == '3. c: expected, 9 s to 20 s'


def test_what_takes_no_time_is_seen_as_well():
    [bar] = bars(picture(('a', 'SUCCEEDED', 0, 0)))
    assert bar.get('width') == '2'


@pytest.mark.parametrize(('seconds', 'last'), [(50, '40 s'), (930, '15 min'), (4 * 3600, '4 h')])
def test_the_axis_is_in_round_figures_of_a_fitting_unit(seconds, last):
    axis, _ = picture(('a', 'PENDING', 0, seconds))
    assert [text.text for text in axis.iter('text')][-1] == last
