# SPDX-License-Identifier: Apache-2.0
"""Payloads say what Watcher's listeners look for, key by key."""

from datetime import datetime
from typing import Any

import pytest

from tests.bus.examples import EXAMPLES, differences
from watcher_py.bus.payloads import PAYLOADS, SERVICE_STATES, STATES, fault
from watcher_py.core.errors import Refused
from watcher_py.db import models

MOMENT = datetime(2026, 11, 20, 9, 0, 5, 123456)
STAMPS = {'created_at': MOMENT, 'updated_at': None, 'deleted_at': None}


def goal() -> models.Goal:
    return models.Goal(uuid='g', name='dummy', display_name='Dummy', efficacy_specification=[], **STAMPS)


def strategy() -> models.Strategy:
    return models.Strategy(uuid='s', name='dummy', display_name='Dummy', parameters_spec={}, goal=goal(),
                           **STAMPS)


def audit(**values: Any) -> models.Audit:
    return models.Audit(**{
        'uuid': 'a', 'name': 'nightly', 'audit_type': 'ONESHOT', 'state': 'PENDING', 'parameters': {},
        'scope': [], 'auto_trigger': False, 'goal': goal(), 'strategy': strategy(), 'next_run_time': MOMENT,
        **STAMPS, **values})


def plan() -> models.ActionPlan:
    return models.ActionPlan(uuid='p', state='RECOMMENDED', global_efficacy=[], audit=audit(),
                             strategy=strategy(), **STAMPS)


def action() -> models.Action:
    return models.Action(uuid='x', action_type='nop', input_parameters={}, state='PENDING', parents=[],
                         action_plan=plan(), **STAMPS)


def service() -> models.Service:
    return models.Service(name='watcher-applier', host='ctl2', last_seen_up=MOMENT)


ROWS = {'audit': audit, 'action_plan': plan, 'action': action, 'service': service}


def example(about: str) -> dict[str, Any]:
    return EXAMPLES.get(about, EXAMPLES.get(f'{about}.error', ('', {})))[1]


def rest(about: str) -> dict[str, Any]:
    """What is not read off the row."""
    noun, _, deed = about.partition('.')
    if about == 'service.update':
        return {'status_update': SERVICE_STATES.of(None, old_state='ACTIVE', state='FAILED')}
    if deed == 'update':
        return {'state_update': STATES[noun].of(ROWS[noun](), old_state='PENDING')}
    return {} if deed in ('create', 'delete') else {'fault': fault(Refused('no'))}


@pytest.mark.parametrize('about', PAYLOADS)
def test_a_payload_has_the_keys_of_the_contract(about: str) -> None:
    row = ROWS[about.partition('.')[0]]()
    assert differences(example(about), PAYLOADS[about].of(row, **rest(about))) == []


def test_every_example_has_a_payload() -> None:
    phases = ('.start', '.end', '.error')
    abouts = {event.rpartition('.')[0] if event.endswith(phases) else event for event in EXAMPLES}
    assert abouts == set(PAYLOADS)


def test_a_difference_would_be_seen() -> None:
    given = PAYLOADS['audit.create'].of(audit())
    data = given['watcher_object.data']
    assert differences(example('audit.create'), {**given, 'watcher_object.version': '9'})
    assert differences(example('audit.create'), {**given, 'watcher_object.data': {**data, 'force': True}})
    data['goal']['watcher_object.data'].pop('uuid')
    assert differences(example('audit.create'), given) == [
        'payload/watcher_object.data/goal/watcher_object.data/uuid']


def test_times_are_whole_seconds_of_utc() -> None:
    data = PAYLOADS['audit.create'].of(audit())['watcher_object.data']
    assert (data['created_at'], data['next_run_time'], data['updated_at']) == (
        '2026-11-20T09:00:05Z', '2026-11-20T09:00:05Z', None)


def test_an_audit_without_a_strategy_says_null() -> None:
    data = PAYLOADS['audit.create'].of(audit(strategy=None))['watcher_object.data']
    assert (data['strategy'], data['strategy_uuid']) == (None, None)


def test_an_action_names_its_plan_and_the_plan_its_audits_strategy() -> None:
    assert PAYLOADS['action.create'].of(action())['watcher_object.data']['action_plan_uuid'] == 'p'
    terse = PAYLOADS['action_plan.create'].of(plan())['watcher_object.data']['audit']
    assert terse['watcher_object.data']['strategy_uuid'] == 's'


def test_a_fault_tells_where_it_was_raised() -> None:
    def refuse() -> None:
        raise Refused('no host fits')

    with pytest.raises(Refused) as caught:
        refuse()
    assert fault(caught.value)['watcher_object.data'] == {
        'module_name': __name__, 'function_name': 'refuse', 'exception': 'Refused',
        'exception_message': 'no host fits'}


def test_a_fault_that_was_never_raised_has_no_place() -> None:
    data = fault(Refused('no'))['watcher_object.data']
    assert (data['module_name'], data['function_name']) == ('watcher_py.core.errors', '')
