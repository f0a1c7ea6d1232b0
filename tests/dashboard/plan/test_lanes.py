# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.plan.rows import deeds, move
from watcher_py.dashboard.plan.lanes import lanes_of
from watcher_py.dashboard.plan.timing import Span


def spans(*times):
    """Of servers that leave hosts: (host, begin, end)."""
    rows = deeds(*(move(str(number), source=host) for number, (host, _, _) in enumerate(times)))
    return [Span(deed, begin, end, True) for deed, (_, begin, end) in zip(rows, times, strict=True)]


def test_few_actions_have_a_lane_each():
    lanes = lanes_of(spans(('a', 0, 1), ('a', 1, 2)))
    assert [lane.label for lane in lanes.lanes] == ['0', '1']
    assert lanes.seconds == 2
    assert not lanes.are_hosts


def test_many_share_the_lane_of_their_host_and_overlap_on_tracks_of_their_own():
    lanes = lanes_of(spans(('a', 0, 2), ('a', 1, 3), ('b', 1, 2), ('a', 2, 4)), few=1)
    assert [lane.label for lane in lanes.lanes] == ['b', 'a']
    assert [[span.begin for span in track] for track in lanes.lanes[1].tracks] == [[0, 2], [1]]


def test_what_is_too_much_is_folded_into_one_lane():
    lanes = lanes_of(spans(*((f'h{number}', number, number + 1) for number in range(10))), few=1, most=4)
    assert [lane.label for lane in lanes.lanes] == ['h0', 'h1', 'h2', '7 more']
    assert lanes.folded == 7


def test_nothing_has_no_lanes():
    assert lanes_of([]).lanes == []


@given(st.lists(st.tuples(st.sampled_from('abc'), st.integers(0, 20), st.integers(1, 9)), max_size=30))
def test_no_two_bars_of_a_track_overlap_and_none_is_lost(times):
    given_spans = spans(*sorted(((host, begin, begin + length) for host, begin, length in times),
                                key=lambda each: each[1]))
    lanes = lanes_of(given_spans, few=0)
    drawn = [span for lane in lanes.lanes for track in lane.tracks for span in track]
    assert sorted(span.deed.number for span in drawn) == sorted(span.deed.number for span in given_spans)
    for lane in lanes.lanes:
        for track in lane.tracks:
            assert all(one.end <= other.begin for one, other in pairwise(track))
