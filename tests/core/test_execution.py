# SPDX-License-Identifier: Apache-2.0
"""What an audit says of how its plan is to be carried out, and what its strategy does."""

import pytest

from watcher_py.core.execution import limited, pace_of
from watcher_py.core.pace import AtOnce, Pace

USUAL = Pace(per_node=2, in_all=8, per_pool=2)


def test_as_many_go_on_at_once_as_is_said():
    pace = pace_of({'parallel': 20, 'parallel_per_pool': 5, 'on_failure': 'go-on'}, USUAL)
    assert (pace.in_all, pace.per_node, pace.per_pool) == (20, 2, 5)


@pytest.mark.parametrize(('said', 'most', 'left'), [
    ({}, AtOnce(), {}),
    ({}, AtOnce(6, 2, 4), {'parallel': 6}),
    ({'parallel': 20, 'windows': ['x']}, AtOnce(6), {'parallel': 6, 'windows': ['x']}),
    ({'parallel': 3, 'parallel_per_host': 4}, AtOnce(6, 1, 1),
     {'parallel': 3, 'parallel_per_host': 1, 'parallel_per_pool': 1})])
def test_of_what_is_said_and_what_the_strategy_allows_the_lower_counts(said, most, left):
    assert limited(said, most, USUAL) == left
