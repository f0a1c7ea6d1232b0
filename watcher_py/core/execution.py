# SPDX-License-Identifier: Apache-2.0
"""How a plan is to be carried out, as far as its audit says; the rest is the applier's options."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from watcher_py.core.pace import AtOnce, Pace


class OnFailure(StrEnum):
    """What becomes of a plan of which an action failed."""

    STOP_DEPENDANTS = 'stop-dependants'     # what needs the action is not done, the rest is
    STOP_ALL = 'stop-all'                   # nothing more is begun
    ROLL_BACK = 'roll-back'                 # nothing more is begun, and what was done is taken back
    GO_ON = 'go-on'                         # all the rest is done, what needs the action too


_COUNT = {'type': 'integer', 'minimum': 1}
_PERIODS = {'type': 'array', 'maxItems': 50,
            'items': {'type': 'string', 'minLength': 1, 'maxLength': 255}}

NAME = 'execution'
SCHEMA: dict[str, Any] = {
    'type': 'object', 'additionalProperties': False,
    'properties': {
        'on_failure': {'enum': [each.value for each in OnFailure],
                       'description': 'What becomes of the plan when an action fails'},
        'parallel': {**_COUNT, 'description': 'Migrations at once'},
        'parallel_per_host': {**_COUNT, 'description': 'Migrations at once from or to one host'},
        'parallel_per_link': {**_COUNT, 'description': 'Migrations at once between the same two hosts'},
        'parallel_per_pool': {**_COUNT, 'description': 'Migrations at once from or to one storage pool'},
        'windows': {**_PERIODS, 'description': 'When actions may begin; at any time when absent'},
        'blackouts': {**_PERIODS, 'description': 'When no action may begin'},
        'auto_trigger_max_moves': {
            **_COUNT, 'description': 'A plan with more moves is not started automatically'},
        'auto_trigger_minimum_gain': {
            'type': 'number', 'minimum': 0,
            'description': "A plan that gains less, in the unit of the strategy's objective, is not started "
                           'automatically'},
    }}

# Every strategy takes it, beside its own parameters.
PARAMETERS: dict[str, Any] = {NAME: {**SCHEMA, 'description': 'How the plan is to be carried out'}}


def execution_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """What an audit's parameters say of it."""
    return dict(params.get(NAME, {}))


def pace_of(execution: Mapping[str, Any], usual: Pace) -> Pace:
    """The usual pace, with as many moves at once as are said."""
    return replace(usual, in_all=execution.get('parallel', usual.in_all),
                   per_node=execution.get('parallel_per_host', usual.per_node),
                   per_pool=execution.get('parallel_per_pool', usual.per_pool))


def limited(execution: Mapping[str, Any], most: AtOnce, usual: Pace) -> dict[str, Any]:
    """The execution, with no more moves at once than that."""
    pace = pace_of(execution, usual)
    slower = pace.within(most)
    limits = {'parallel': (slower.in_all, pace.in_all),
              'parallel_per_host': (slower.per_node, pace.per_node),
              'parallel_per_pool': (slower.per_pool, pace.per_pool)}
    return {**execution, **{name: limit for name, (limit, before) in limits.items() if limit != before}}
