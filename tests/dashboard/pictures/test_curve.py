# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

from watcher_py.dashboard.pictures.curve import ABOVE, PLOT, WIDTH, curve
from watcher_py.dashboard.plan.gain import Gain, Point


def drawn(points, bound=0.0):
    return ElementTree.fromstring(curve(Gain('violations', [Point(*point) for point in points], bound)))


def texts(picture):
    return [text.text for text in picture.iter('text')]


def test_the_line_goes_from_where_it_is_now_down_to_the_bound():
    picture = drawn([(0, 10.0), (5, 5.0), (10, 0.0)])
    [line] = [path for path in picture.iter('path') if path.get('class') == 'line']
    assert line.get('d') == f'M0.0 0.0L{WIDTH / 2:.1f} {PLOT / 2:.1f}L{WIDTH:.1f} {PLOT:.1f}'


def test_the_bound_lies_beneath_what_the_plan_reaches():
    picture = drawn([(0, 10.0), (2, 5.0)], bound=0.0)
    [bound] = [line for line in picture.iter('line') if line.get('class') == 'bound']
    assert float(bound.get('y1')) == ABOVE + PLOT
    assert 'no plan gets below 0' in texts(picture)


def test_it_is_marked_where_most_of_the_gain_is_reached():
    assert '2 moves: 80 % of the gain' in texts(drawn([(0, 10.0), (2, 1.0), (10, 0.0)]))


def test_without_a_bound_there_is_no_line_for_it():
    picture = drawn([(0, 10.0), (2, 5.0)], None)
    assert not [line for line in picture.iter('line') if line.get('class') == 'bound']


def test_it_is_told_in_words_as_well():
    picture = drawn([(0, 10.0), (1, 5.0)])
    assert picture.get('aria-label') == 'violations: 10 before, 5 after 1 move'
