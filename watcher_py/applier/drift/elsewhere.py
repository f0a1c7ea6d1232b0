# SPDX-License-Identifier: Apache-2.0
"""Ask the decision engine where else a server may go, one move after the other."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from watcher_py.bus.context import admin_context
from watcher_py.bus.rpc import EngineClient
from watcher_py.core.errors import Unavailable, WatcherError

LOG = logging.getLogger(__name__)

# After an engine has kept silent it is not asked again for so long: a plan has many moves.
SILENCE = 10.0                  # seconds
# An answer is told with later questions until it must have shown in the database or in the cloud.
PROMISED = 600.0                # seconds


@dataclass(frozen=True)
class Other:
    """Another target; without one, why there is none."""

    target: str | None
    why: str


class Elsewhere:
    """What was answered to one move is told with the next question: two must not fill the same gap."""

    def __init__(self, engine: EngineClient | None, clock: Callable[[], float]):
        self._engine, self._clock = engine, clock
        self._asking = Lock()
        self._promised: dict[str, tuple[str, float]] = {}
        self._silent: tuple[float, str] | None = None

    def ask(self, plan_uuid: str, action_uuid: str, besides: Sequence[str]) -> Other:
        """A target for the server of this action, none of those `besides`."""
        if self._engine is None:
            return Other(None, 'no decision engine is asked for another host')
        with self._asking:
            if self._silent and self._clock() < self._silent[0]:
                return Other(None, self._silent[1])
            self._promised.pop(action_uuid, None)
            return self._answer(self._engine, plan_uuid, action_uuid, besides)

    def _answer(self, engine: EngineClient, plan_uuid: str, action_uuid: str,
                besides: Sequence[str]) -> Other:
        try:
            answer = engine.another_target(admin_context(), plan_uuid, action_uuid, list(besides),
                                           self._promises())
        except Unavailable as error:
            LOG.warning('Action %s: %s', action_uuid, error)
            self._silent = self._clock() + SILENCE, str(error)
            return Other(None, str(error))
        except WatcherError as error:
            return Other(None, str(error))
        target = answer.get('target')
        if target:
            self._promised[action_uuid] = target, self._clock()
        return Other(target, answer.get('why') or '')

    def _promises(self) -> dict[str, str]:
        since = self._clock() - PROMISED
        self._promised = {action: kept for action, kept in self._promised.items() if kept[1] >= since}
        return {action: target for action, (target, _) in self._promised.items()}
