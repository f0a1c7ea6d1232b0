# SPDX-License-Identifier: Apache-2.0
import re

from watcher_py.dashboard.pictures.line import PLOT, WIDTH, Line, Mark, line_chart

TIMES = [0.0, 3600.0, 7200.0, 10800.0]


def points(picture):
    """Each stroke of the only line, as its points."""
    [path] = re.findall(r'<path [^>]*d="([^"]*)"', picture)
    return [[tuple(float(number) for number in point.split()) for point in stroke.split('L')]
            for stroke in path.split('M')[1:]]


def test_a_line_spans_the_picture_and_its_axis_is_round():
    [stroke] = points(line_chart(TIMES, [Line('a', 'a', [0, 25, 50, 100])], '%', 'load'))
    assert stroke[-1] == (WIDTH, 0)
    assert stroke[0] == (0, PLOT)
    assert stroke[-2] == (round(WIDTH * 2 / 3, 1), PLOT / 2)


def test_what_is_unknown_is_a_gap_and_a_point_alone_is_a_dot():
    strokes = points(line_chart(TIMES, [Line('a', 'a', [10, None, 20, 10])], '%', 'load'))
    assert len(strokes) == 2
    assert strokes[0][0] == strokes[0][1]


def test_nothing_known_is_a_picture_still():
    picture = line_chart([], [Line('a', 'a', [])], '%', 'load')
    assert points(picture) == []


def test_marks_before_the_time_are_left_out_and_long_ones_are_cut():
    marks = [Mark('plan', 'before', -10.0, -5.0), Mark('plan', 'across', -3600.0, 5400.0)]
    picture = line_chart(TIMES, [Line('a', 'a', [1, 1, 1, 1])], '%', 'load', marks)
    assert re.findall(r'class="mark plan"><title>(.*?)</title>', picture) == ['across']
    assert re.search(r'<rect x="0%" [^>]*width="50%"', picture)


def test_what_was_done_since_the_newest_figure_is_shown_too():
    picture = line_chart(TIMES, [Line('a', 'a', [1, 1, 1, 1])], '%', 'load', [Mark('audit', 'late', 21600.0)])
    assert re.search('<title>late</title><rect x="100%"', picture)
    [stroke] = points(picture)
    assert stroke[-1][0] == WIDTH / 2


def test_names_full_of_markup_are_text():
    picture = line_chart(TIMES, [Line('a', 'a', [1, 1, 1, 1])], '%', '"><script>',
                         [Mark('audit', '<b>audit</b>', 100.0)])
    assert '<script' not in picture
    assert '<b>' not in picture


def test_hours_are_told_along_the_axis():
    picture = line_chart(TIMES, [Line('a', 'a', [1, 1, 1, 1])], '%', 'load')
    assert re.findall(r'>(Jan 1|\d\d:\d\d)<', picture)[-3:] == ['02:00', '02:30', '03:00']
