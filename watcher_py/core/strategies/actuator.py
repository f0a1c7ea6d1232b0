# SPDX-License-Identifier: Apache-2.0
"""Do what the operator says, action by action, in the order that is given."""

from collections.abc import Mapping
from typing import Any

from watcher_py.core.budget import Budget
from watcher_py.core.changes import Given, Parameters
from watcher_py.core.errors import Invalid
from watcher_py.core.goals import UNCLASSIFIED
from watcher_py.core.metrics import MetricNeed
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategy import Params, Strategy

PARAMETERS = {'properties': {
    'actions': {
        'description': 'What is to be done, one after the other', 'type': 'array', 'items': {
            'type': 'object',
            'properties': {
                'action_type': {'description': 'Name of an installed action', 'type': 'string'},
                'input_parameters': {'description': 'Parameters of the action', 'type': 'object'},
                'resource_id': {'description': 'What the action is about, where it is about something',
                                'type': 'string'}},
            'required': ['action_type', 'input_parameters']}},
}, 'required': ['actions']}


def needs(params: Params) -> list[MetricNeed]:
    return []


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    """Whether the actions are installed, and take these parameters, only the services know."""
    asked = params['actions']
    proposals = tuple(
        Proposal(Given(action['action_type'], _parameters(place, action)),
                 f'the audit asks for it: action {place} of {len(asked)}')
        for place, action in enumerate(asked, 1))
    return Solution(proposals, refrained='' if proposals else 'the audit asks for no action')


def _parameters(place: int, action: Mapping[str, Any]) -> Parameters:
    given, resource = action['input_parameters'], action.get('resource_id')
    if resource is None:
        return dict(given)
    if given.get('resource_id', resource) != resource:
        raise Invalid(f'action {place} has two values of resource_id, {resource} and {given["resource_id"]}')
    return {**given, 'resource_id': resource}


STRATEGY = Strategy('actuator', 'Actuator', UNCLASSIFIED, PARAMETERS, needs, decide)
