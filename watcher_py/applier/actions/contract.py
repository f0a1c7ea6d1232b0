# SPDX-License-Identifier: Apache-2.0
"""What the applier asks of every action, ours and other people's."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, ClassVar, Protocol

from watcher_py.applier.memory import Memory
from watcher_py.applier.traffic import Traffic
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import ServerNow
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.changes import Parameters

Schema = Mapping[str, Any]

# The parameters of an action that needs to know no more than which server it is about.
ONE_SERVER: Schema = {
    'type': 'object',
    'properties': {
        'resource_id': {'type': 'string', 'format': 'uuid', 'minLength': 1},
        'resource_name': {'type': ['string', 'null']}},
    'required': ['resource_id'],
    'additionalProperties': False}


class Skipped(Exception):
    """There is nothing to do: the cloud is in that state already, or the object is gone."""


class Cancelled(Exception):
    """The action was given up because it was to stop; the cloud is as it was before."""


@dataclass(frozen=True)
class Settings:
    """How patiently the cloud is watched, in seconds."""

    interval: float = 5.0               # between two looks
    timeout: float = 900.0              # after which a migration counts as stuck
    stale: float = 150.0                # for which Nova may take a server to be where it no longer is
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Cloud:
    """The services that actions change."""

    compute: Compute
    volumes: Volumes
    machines: Baremetal
    traffic: Traffic                    # what migrates, asked for in one question for all that follow it


def _nothing() -> None:
    """Nobody can take over what nobody else knows of."""


@dataclass(frozen=True)
class Run:
    """One run of an action: what it is told while it lasts, and what outlasts the process."""

    memory: Memory = field(default_factory=Memory)
    stop: Event = field(default_factory=Event)      # the plan is cancelled, or this action is to be given up
    force: Event = field(default_factory=Event)     # a live migration is to be forced to its end
    lost: Event = field(default_factory=Event)      # another process has taken over
    guard: Callable[[], None] = _nothing            # TakenOver when another process has taken over
    seen: ServerNow | None = None                   # as it was just now, when its target was found to take it


class Action(Protocol):
    """One deed: check() first, then execute(), then verify(); each raises when it can't agree.

    The constructor raises Invalid for parameters that are not of SCHEMA.

    A process may die at any moment, and another one goes on: before execute() asks the cloud for a change it
    notes in `run.memory` what is needed to find that change again, and calls `run.guard()`. An action whose
    memory is empty has asked for nothing, and is checked and executed anew; else resume() is called instead.
    While it waits it leaves with TakenOver once `run.lost` is set. Once `run.stop` is set, it comes to an end
    as soon as it safely can: with Cancelled, unless the deed is done.
    """

    SCHEMA: ClassVar[Schema]
    DESCRIPTION: ClassVar[str]

    def __init__(self, parameters: Parameters, cloud: Cloud, settings: Settings, run: Run) -> None: ...

    def check(self) -> None:
        """Raise Skipped when nothing is to be done, a WatcherError when it can't be done."""

    def execute(self) -> None:
        """Do it; return once it is done, or raise Cancelled or a WatcherError."""

    def resume(self) -> None:
        """As execute(), for what another process has begun: look at the cloud first, never ask twice."""

    def verify(self) -> None:
        """Raise a WatcherError unless the cloud shows what was promised."""

    def revert(self) -> None:
        """Put back what was changed, and verify that; may be called again when a process died over it."""

    def abort(self) -> None:
        """Stop what execute() has begun, if that can be stopped."""
