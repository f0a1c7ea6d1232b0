# SPDX-License-Identifier: Apache-2.0
"""Whether an action that was planned a while ago still fits the cloud as it is now."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from watcher_py.applier.drift.elsewhere import Elsewhere
from watcher_py.applier.drift.places import Places
from watcher_py.bus.rpc import EngineClient
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import UNKNOWN, ServerNow
from watcher_py.cloud.placement import Placement
from watcher_py.core.changes import Parameters
from watcher_py.core.errors import NotFound, Unavailable, WatcherError
from watcher_py.db.models import Action, ActionPlan

LOG = logging.getLogger(__name__)

MIGRATE = 'migrate'
# Whose server is looked at: what is done to it needs its host.
OF_SERVERS = (MIGRATE, 'resize', 'shelve')
# How many targets are tried after the planned one.
OTHERS_TRIED = 3


@dataclass(frozen=True)
class Verdict:
    """What is to become of an action that is about to begin."""

    parameters: Parameters              # as they hold now: perhaps with another target
    skip: str | None = None             # why it is not to be done at all
    note: str | None = None             # what was changed and why, for the operator
    project: str | None = None          # whose server is touched; None for none
    stays: bool = False                 # skipped, and its server is where it was to be taken from
    seen: ServerNow | None = None       # of a move that its target takes: its server


class Drift:
    """Looks at the cloud just before an action begins; one a process, for any number of threads.

    It judges what may have changed since the plan was made. The rest is left to the actions' own checks: an
    action whose parameters make no sense passes. Lists that moves share are up to `interval` seconds old.
    """

    def __init__(self, compute: Compute, placement: Placement, engine: EngineClient | None = None,
                 interval: float = 2.0, clock: Callable[[], float] = time.monotonic):
        self._compute = compute
        self._places = Places(compute, placement, interval, clock)
        self._elsewhere = Elsewhere(engine, clock)

    def look(self, plan: ActionPlan, row: Action) -> Verdict:
        """Raise Unavailable when the cloud can't be looked at."""
        if row.action_type not in OF_SERVERS or not _makes_sense(row.action_type, row.input_parameters):
            return Verdict(row.input_parameters)
        try:
            return self._seen(plan, row)
        except Unavailable:
            raise
        except WatcherError as error:
            LOG.warning('Action %s begins unseen: %s', row.uuid, error)
            return Verdict(row.input_parameters)

    def _seen(self, plan: ActionPlan, row: Action) -> Verdict:
        parameters = row.input_parameters
        name = parameters.get('resource_name') or parameters['resource_id']
        try:
            server = self._compute.server(parameters['resource_id'])
        except NotFound:
            return Verdict(parameters, skip=f'server {name} is gone')
        if server.status == UNKNOWN:
            raise Unavailable(f'Nova can\'t tell where server {name} is: its cell is down')
        verdict = Verdict(parameters, project=server.project or None)
        if row.action_type == MIGRATE and (why := _why_not_there(parameters, server, name)):
            return replace(verdict, skip=why)
        if server.host and self._places.is_down(server.host):
            why = f'host {server.host} is down: its servers are left to evacuation'
            return replace(verdict, skip=why, stays=True)
        target = parameters.get('destination_node') if row.action_type == MIGRATE else None
        return self._to(plan, row, server, target, verdict) if target else verdict

    def _to(self, plan: ActionPlan, row: Action, server: ServerNow, target: str, verdict: Verdict) -> Verdict:
        """The move to the target, else to another one, else none."""
        stale = why = self._places.why_not(server, target)
        tried = [target]
        while why is not None:
            other = self._elsewhere.ask(plan.uuid, row.uuid, tried)
            if other.target is None or len(tried) > OTHERS_TRIED:
                return replace(verdict, stays=True,
                               skip=f'{stale}, and no other host will do: {other.why or why}')
            tried.append(other.target)
            why = self._places.why_not(server, other.target)
        if stale is None:
            return replace(verdict, seen=server)
        return replace(verdict, seen=server, parameters={**verdict.parameters, 'destination_node': tried[-1]},
                       note=f'{stale}: moved to {tried[-1]} instead')


def _why_not_there(parameters: Parameters, server: ServerNow, name: str) -> str | None:
    """Why there is nothing to move from the source."""
    source, target = parameters['source_node'], parameters.get('destination_node')
    if server.host == source:
        return None
    if server.host and server.host == target:
        return f'server {name} is on {target} already'
    return f'server {name} is on {server.host or "no host"}, no longer on {source}'


def _makes_sense(action_type: str, parameters: Any) -> bool:
    """Whether it can be told what the action is about."""
    if not isinstance(parameters, dict) or not _is_name(parameters.get('resource_id')):
        return False
    target = parameters.get('destination_node')
    return action_type != MIGRATE or (_is_name(parameters.get('source_node'))
                                      and (target is None or _is_name(target)))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ''
