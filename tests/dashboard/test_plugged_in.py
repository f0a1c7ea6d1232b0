# SPDX-License-Identifier: Apache-2.0
"""A strategy that nobody here knows has a form all the same."""

import pytest

from tests.dashboard.test_login import log_in
from watcher_py.db.models import Audit, Goal, Strategy

SCHEMA = {
    'properties': {
        'power_budget': {'type': 'integer', 'minimum': 1, 'maximum': 9000,
                         'description': 'Watts to stay below'},
        'racks': {'type': 'array', 'items': {'type': 'string'}, 'description': 'Racks to look at'},
        'mode': {'enum': ['gentle', 'harsh'], 'default': 'gentle'},
        'rules': {'type': 'array', 'items': {'type': 'object', 'properties': {'rack': {'type': 'string'}}}}},
    'required': ['power_budget']}


@pytest.fixture
def operator(guarded, store):
    """Logged in where such a strategy is installed, and no engine is there."""
    goal = Goal(name='cool_racks', display_name='Cool racks')
    store.add(goal)
    store.add(Strategy(
        name='rack_shuffle', display_name='Rack shuffle', goal_id=goal.id, parameters_spec=SCHEMA))
    visitor = guarded().visitor()
    log_in(visitor)
    return visitor


def test_it_is_configured_and_made_by_the_form_of_its_schema(operator, store):
    page = operator.get('/audits/new', strategy='rack_shuffle')
    assert 'power budget needed' in page.text
    assert 'Watts to stay below' in page.text
    assert 'can not be listed now' in page.text
    made = operator.send(page, '/audits/new', **{
        'p.power_budget': '4000', 'p.racks': 'r1\r\nr2', 'p.mode': 'harsh', 'p.rules': '[{"rack": "r1"}]'})
    assert made.status == 200
    assert store.find(Audit)[0].parameters == {
        'power_budget': 4000, 'racks': ['r1', 'r2'], 'mode': 'harsh', 'rules': [{'rack': 'r1'}]}


def test_an_engine_that_is_away_is_told_of(operator):
    page = operator.get('/strategies/rack_shuffle')
    assert page.status == 200
    assert 'does not answer' in page.text
