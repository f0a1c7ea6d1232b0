# SPDX-License-Identifier: Apache-2.0
"""What came of an action, what operators call it, and what it burdens."""

from dataclasses import dataclass

from watcher_py.applier.lanes import Road, at_hosts, at_pools
from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action

RUNNING = (ActionState.ONGOING, ActionState.CANCELLING)


@dataclass(frozen=True)
class Outcome:
    state: ActionState
    message: str | None = None
    error: WatcherError | None = None
    stays: str | None = None            # of a move that was left out: why its server stands where it was


def skipped(why: str, stays: str | None = None) -> Outcome:
    return Outcome(ActionState.SKIPPED, f'Action was skipped automatically: {why}', stays=stays)


def failed(phase: str, error: WatcherError) -> Outcome:
    return Outcome(ActionState.FAILED, f'Action failed in {phase}: {error}', error)


def called(row: Action) -> str:
    """What an operator calls it: 'migrate of web-1'."""
    name = row.input_parameters.get('resource_name') or row.input_parameters.get('resource_id')
    return f'{row.action_type} of {name}' if name else row.action_type


def roads(row: Action) -> tuple[Road, ...]:
    """What the action burdens, as far as its parameters tell."""
    ends = (row.input_parameters.get(end) for end in ('source_node', 'destination_node'))
    names = [name for name in ends if name]
    return at_pools(names) if row.action_type == 'volume_migrate' else at_hosts(names)
