# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

from watcher_py.dashboard.pictures.state_bar import state_bar


def test_the_parts_fill_the_bar_one_after_another():
    picture = ElementTree.fromstring(state_bar([('SUCCEEDED', 3), ('PENDING', 1)]))
    assert [(bar.get('class'), bar.get('x'), bar.get('width')) for bar in picture.iter('rect')] == [
        ('bar succeeded', '0%', '75%'), ('bar pending', '75%', '25%')]
    assert picture.get('aria-label') == '3 succeeded, 1 pending'


def test_a_plan_without_actions_is_an_empty_bar():
    assert 'no actions' in state_bar([])
