# SPDX-License-Identifier: Apache-2.0
from watcher_py.dashboard.plan.gain import gain_of


def gain(values, end=0.0, start=10.0, **row):
    """Of a plan whose moves, by their worth, bring the objective to these values."""
    by_worth = [{'action': f'move-{number}', 'value': value} for number, value in enumerate(values)]
    return gain_of({'objective': 'violations', 'bound': 0, 'start': start, 'end': end, 'by_worth': by_worth,
                    **row})


def test_the_objective_falls_from_no_move_to_all_of_them():
    assert [(point.moves, point.value) for point in gain([6.0, 3.0, 0.0]).points] == [
        (0, 10), (1, 6), (2, 3), (3, 0)]


def test_between_samples_nothing_is_known():
    assert [(point.moves, point.value) for point in gain([6.0, None, 0.0]).points] == [
        (0, 10), (1, 6), (3, 0)]


def test_most_of_the_gain_is_reached_where_four_fifths_are():
    assert gain([6.0, 2.0, 1.0, 0.0]).most.moves == 2


def test_the_last_move_is_no_mark():
    assert gain([9.0, 8.0, 0.0]).most is None


def test_what_gains_nothing_or_is_unknown_has_no_curve():
    assert gain([10.0], end=10.0) is None
    assert gain([None], end=None) is None
    assert gain([]) is None


def test_a_value_is_told_as_its_objective_is():
    assert gain([1.0]).tell(2.0) == '2'
    assert gain([1.0], objective='deviation of CPU in use').tell(0.125) == '12.5 %'
