# SPDX-License-Identifier: Apache-2.0
"""What the applier asks of every action, ours and other people's."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any, ClassVar, Protocol

from watcher_py.cloud.compute import Compute
from watcher_py.core.changes import Parameters

Schema = Mapping[str, Any]


class Skipped(Exception):
    """There is nothing to do: the cloud is in that state already, or the object is gone."""


class Cancelled(Exception):
    """The action was given up because the plan was cancelled; the cloud is as it was before."""


@dataclass(frozen=True)
class Settings:
    """How patiently the cloud is watched, in seconds."""

    interval: float = 5.0               # between two looks
    timeout: float = 900.0              # after which a migration counts as stuck
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


class Action(Protocol):
    """One deed: check() first, then execute(), then verify(); each raises when it can't agree.

    The constructor raises Invalid for parameters that are not of SCHEMA. Once `cancelled` is set,
    execute() comes to an end as soon as it safely can: with Cancelled, unless the deed is done.
    """

    SCHEMA: ClassVar[Schema]
    DESCRIPTION: ClassVar[str]

    def __init__(self, parameters: Parameters, cloud: Compute, settings: Settings,
                 cancelled: Event) -> None: ...

    def check(self) -> None:
        """Raise Skipped when nothing is to be done, a WatcherError when it can't be done."""

    def execute(self) -> None:
        """Do it; return once it is done, or raise Cancelled or a WatcherError."""

    def verify(self) -> None:
        """Raise a WatcherError unless the cloud shows what was promised."""

    def revert(self) -> None:
        """Put back what execute() has changed."""

    def abort(self) -> None:
        """Stop what execute() has begun, if that can be stopped."""
