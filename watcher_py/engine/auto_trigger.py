# SPDX-License-Identifier: Apache-2.0
"""Whether a plan may be started without anybody looking at it first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.solution import Outcome


@dataclass(frozen=True)
class TriggerLimit:
    """Of a plan that is started automatically, where its audit says nothing else."""

    max_moves: int = 0              # 0: any number
    minimum_gain: float = 0.0       # in the unit of the strategy's objective; 0: any, a loss too


NO_LIMIT = TriggerLimit()


def why_held(moves: int, outcome: Outcome | None, execution: Mapping[str, Any],
             limit: TriggerLimit) -> str | None:
    """Why the plan waits for somebody to start it; None when it may start."""
    most = execution.get('auto_trigger_max_moves', limit.max_moves)
    if most and moves > most:
        return f'it has {moves} moves, at most {most} are started automatically'
    least = execution.get('auto_trigger_minimum_gain', limit.minimum_gain)
    return _too_small(outcome, least) if least else None


def _too_small(outcome: Outcome | None, least: float) -> str | None:
    if outcome is None:
        return f'its strategy does not tell the gain, at least {least:g} is started automatically'
    gain = outcome.before - outcome.after
    return None if gain >= least else (
        f'it gains {gain:g} ({outcome.objective}), at least {least:g} is started automatically')
