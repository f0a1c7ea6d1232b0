# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

from watcher_py.dashboard.pictures.before_after import before_after
from watcher_py.dashboard.plan.hosts import Amount


def bars(before, after, most=20.0):
    picture = ElementTree.fromstring(before_after(before, after, most))
    return [(each.get('class'), each.get('x'), each.get('width')) for each in picture.iter('rect')]


def test_both_moments_are_drawn_at_the_same_scale():
    assert bars(Amount(16.0, 8.0, 4.0), Amount(16.0, 0.0, 0.0)) == [
        ('free', '0', '80%'), ('allocated', '0', '40%'), ('used', '0', '20%'),
        ('free', '0', '80%'), ('allocated', '0', '0%'), ('used', '0', '0%')]


def test_what_is_unknown_is_not_drawn_as_nothing():
    assert [kind for kind, _, _ in bars(Amount(16.0, 8.0, None), Amount(16.0, 8.0, None))] == [
        'free', 'allocated', 'free', 'allocated']
    assert 'unknown' in before_after(Amount(None, None, None), Amount(None, None, None), 20.0)


def test_what_is_allocated_beyond_the_room_is_marked():
    assert bars(Amount(10.0, 15.0, None), Amount(10.0, 5.0, None))[2] == ('beyond', '50%', '25%')
