# SPDX-License-Identifier: Apache-2.0
"""The actuator does what it is told, in the order it is told."""

import pytest

from tests.core.clusters import document
from watcher_py import schemas
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.schedule import schedule
from watcher_py.core.strategies.actuator import STRATEGY

EMPTY = read(document([], []))


def asked(action_type, parameters, **more):
    return {'action_type': action_type, 'input_parameters': parameters, **more}


def decide(*actions):
    return STRATEGY.decide(EMPTY, {'actions': list(actions)}, UNLIMITED)


def test_actions_follow_one_another_in_the_given_order():
    solution = decide(asked('sleep', {'duration': 2}), asked('migrate', {'migration_type': 'live'}),
                      asked('paint', {'colour': 'red'}))
    actions = schedule(EMPTY, solution).actions
    assert [action.change.action_type for action in actions] == ['sleep', 'migrate', 'paint']
    assert [action.parents for action in actions] == [(), (0,), (1,)]


def test_what_an_action_is_about_goes_into_its_parameters():
    solution = decide(asked('stop', {}, resource_id='vm-1'), asked('stop', {'resource_id': 'vm-2'}),
                      asked('stop', {'resource_id': 'vm-3'}, resource_id='vm-3'))
    assert [proposal.change.parameters() for proposal in solution.proposals] == [
        {'resource_id': 'vm-1'}, {'resource_id': 'vm-2'}, {'resource_id': 'vm-3'}]


def test_two_resources_of_one_action_are_a_contradiction():
    with pytest.raises(Invalid, match=r'action 2 has two values of resource_id, b and a'):
        decide(asked('nop', {'message': ''}), asked('stop', {'resource_id': 'a'}, resource_id='b'))


def test_no_actions_are_no_plan_and_it_says_so():
    solution = decide()
    assert solution.proposals == ()
    assert solution.refrained == 'the audit asks for no action'


@pytest.mark.parametrize('given', [
    {}, {'actions': 'nop'}, {'actions': [{'action_type': 'nop'}]}, {'actions': [{'input_parameters': {}}]},
    {'actions': [asked('nop', 'hello')]}, {'actions': [asked('nop', {}, resource_id=7)]}])
def test_parameters_that_are_none_are_refused(given):
    with pytest.raises(Invalid):
        schemas.parameters(STRATEGY.name, STRATEGY.parameters, given)
