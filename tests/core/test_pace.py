# SPDX-License-Identifier: Apache-2.0
"""How long a move lasts."""

import numpy as np
import pytest

from watcher_py.core.errors import Invalid
from watcher_py.core.pace import AtOnce, Pace


def seconds(pace, memory=0.0, disk=0.0, is_live=True):
    return float(pace.seconds(np.array([memory]), np.array([disk]), np.array([is_live]))[0])


def test_memory_is_sent_and_what_was_written_meanwhile_again_and_so_on():
    rounds = sum(1000 * 0.25 ** number for number in range(60))
    assert seconds(Pace(per_node=1, link=100.0, overhead=0.0), memory=1000.0) == pytest.approx(rounds / 100)


def test_moves_share_the_link_of_their_nodes():
    slow, fast = Pace(per_node=4, overhead=0.0), Pace(per_node=1, overhead=0.0)
    assert seconds(slow, 1000.0) == pytest.approx(4 * seconds(fast, 1000.0))


def test_of_a_server_that_is_switched_off_part_of_the_disk_is_sent():
    pace = Pace(per_node=1, link=1024.0, disk_written=0.5, overhead=1.0)
    assert seconds(pace, memory=9999.0, disk=20.0, is_live=False) == pytest.approx(1.0 + 10.0)
    assert seconds(pace, disk=20.0) == 1.0


def test_a_volume_is_copied_whole():
    assert Pace(copied=0.5, overhead=2.0).volume_seconds(100.0) == pytest.approx(202.0)


@pytest.mark.parametrize('values', [
    {'per_pool': 0}, {'copied': 0.0},
    {'per_node': 0}, {'in_all': 0}, {'link': 0.0}, {'rewritten': 1.0}, {'rewritten': -0.1},
    {'overhead': -1.0}])
def test_a_pace_at_which_nothing_moves_is_refused(values):
    with pytest.raises(Invalid):
        Pace(**values)


@pytest.mark.parametrize(('most', 'at_once'), [
    (AtOnce(), (8, 2, 3)), (AtOnce(4, 1, 2), (4, 1, 2)), (AtOnce(9, 9, 9), (8, 2, 3))])
def test_within_limits_nothing_goes_faster_than_before(most, at_once):
    pace = Pace(per_node=2, in_all=8, per_pool=3).within(most)
    assert (pace.in_all, pace.per_node, pace.per_pool) == at_once


def test_where_there_was_no_limit_there_is_one_then():
    assert Pace().within(AtOnce(in_all=5)).in_all == 5
    assert Pace().within(AtOnce()).in_all is None
