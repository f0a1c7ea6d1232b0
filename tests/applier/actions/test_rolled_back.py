# SPDX-License-Identifier: Apache-2.0
"""A plan with an action of nearly every kind, that is taken back as a whole."""

import pytest

from tests.applier.actions.test_change_node_power_state import a_hall
from tests.applier.actions.test_volume_migrate import a_store
from tests.applier.site import a_site, disable
from tests.core.storages import POOLS

FAILS = {'message': 'the last step', 'fail_execute': True}


@pytest.fixture
def site():
    with a_site(a_store() | a_hall()) as found:
        found.clock.at(1000)
        yield found


def state_of(site):
    """Of everything that the plan changes."""
    hands = site.hands
    return (hands.compute.service('cn4'), hands.machines.machine('metal-4').power_state,
            hands.volumes.volume('a').pool, hands.volumes.volume('a').type,
            hands.compute.server('web-0').status, hands.compute.server('web-1').status)


def test_what_was_done_is_undone_and_what_can_not_be_undone_is_told(site, plans):
    before = state_of(site)
    volume = {'resource_id': 'a', 'destination_node': POOLS[1], 'destination_type': 'silver'}
    plan = plans.add(
        ('change_nova_service_state', disable('cn4'), []),
        ('change_node_power_state', {'resource_id': 'cn4', 'state': 'off'}, [0]),
        ('volume_migrate', volume | {'migration_type': 'migrate'}, []),
        ('volume_migrate', volume | {'migration_type': 'retype'}, [2]),
        ('stop', {'resource_id': 'web-0'}, []),
        ('shelve', {'resource_id': 'web-1'}, []),
        ('delete', {'resource_id': 'web-2'}, []),
        ('nop', FAILS, [1, 3, 4, 5, 6]), execution={'on_failure': 'roll-back'})
    plans.start(plan).finish()
    assert plans.now(plan).state == 'FAILED'
    assert plans.states(plan) == ['SUCCEEDED'] * 7 + ['FAILED']
    *reverted, deleted, _ = plans.messages(plan)
    assert all(message.startswith('Reverted') for message in reverted)
    assert deleted.startswith('Could not be reverted')
    assert state_of(site) == before
