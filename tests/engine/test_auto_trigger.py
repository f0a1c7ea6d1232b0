# SPDX-License-Identifier: Apache-2.0
"""Which plans start without anybody looking at them."""

from typing import Any

import pytest

from watcher_py.core.solution import Outcome
from watcher_py.engine.auto_trigger import NO_LIMIT, TriggerLimit, why_held

GAIN_OF_3 = Outcome('active hosts', 10, 7, 6)
STRICT = TriggerLimit(max_moves=5, minimum_gain=2)


@pytest.mark.parametrize(('moves', 'outcome', 'execution', 'limit'), [
    (1000, None, {}, NO_LIMIT),
    (1000, Outcome('load', 1, 2, 0), {}, NO_LIMIT),
    (5, GAIN_OF_3, {}, STRICT),
    (6, GAIN_OF_3, {'auto_trigger_max_moves': 6}, STRICT),
    (5, GAIN_OF_3, {'auto_trigger_minimum_gain': 3}, STRICT),
    (5, None, {'auto_trigger_minimum_gain': 0}, STRICT)])
def test_what_keeps_to_the_limits_starts(moves: int, outcome: Outcome | None, execution: dict[str, Any],
                                         limit: TriggerLimit) -> None:
    assert why_held(moves, outcome, execution, limit) is None


@pytest.mark.parametrize(('moves', 'outcome', 'execution', 'why'), [
    (6, GAIN_OF_3, {}, 'it has 6 moves, at most 5 are started automatically'),
    (5, GAIN_OF_3, {'auto_trigger_max_moves': 4}, 'it has 5 moves, at most 4 are started automatically'),
    (1, GAIN_OF_3, {'auto_trigger_minimum_gain': 3.5},
     'it gains 3 (active hosts), at least 3.5 is started automatically'),
    (1, None, {}, 'its strategy does not tell the gain, at least 2 is started automatically')])
def test_what_does_not_says_why(moves: int, outcome: Outcome | None, execution: dict[str, Any],
                                why: str) -> None:
    assert why_held(moves, outcome, execution, STRICT) == why
