# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.dashboard.plan.rows import action, deeds, move


def sentence(row):
    [deed] = deeds(row)
    return deed.sentence


@pytest.mark.parametrize(('row', 'told'), [
    (move('web', 'a', 'b'), 'web moves from a to b, while it runs'),
    (action('migrate', 'web', migration_type='cold', source_node='a', destination_node='b'),
     'web moves from a to b, switched off for the move'),
    (action('migrate', 'web', migration_type='live', source_node='a'),
     'web moves from a to a host that Nova chooses, while it runs'),
    (action('volume_migrate', 'disk', migration_type='migrate', destination_node='pool'),
     'Volume disk moves to the pool pool'),
    (action('volume_migrate', 'disk', migration_type='retype', destination_type='fast'),
     'Volume disk gets the type fast'),
    (action('change_nova_service_state', 'a', state='disabled'), 'a is closed to new servers'),
    (action('change_nova_service_state', 'a', state='enabled'), 'a is opened to new servers'),
    (action('change_node_power_state', 'a', state='off'), 'a is switched off'),
    (action('resize', 'web', flavor='m1.large'), 'web gets the flavor m1.large'),
    (action('stop', 'web'), 'web is switched off'),
    (action('sleep', duration=5.5), 'Wait for 5.5 seconds'),
    (action('sleep', duration=0), 'Wait for 0 seconds'),
    (action('nop', message='hello'), 'Do nothing: hello'),
    (action('nop'), 'Do nothing'),
    (action('of_a_plugin', 'web'), 'of_a_plugin of web'),
    (action('of_a_plugin'), 'of_a_plugin')])
def test_every_kind_of_action_reads_as_a_sentence(row, told):
    assert sentence(row) == told


def test_what_has_no_name_is_told_by_its_uuid():
    assert sentence(action('stop', resource_id='some-uuid')) == 'some-uuid is switched off'


def test_an_action_took_as_long_as_it_ran_and_nobody_knows_before_it_has_ended():
    begun, ended = '2026-01-01T00:00:00+00:00', '2026-01-01T00:01:30+00:00'
    running, done = deeds(move(begun_at=begun), move(begun_at=begun, ended_at=ended))
    assert running.seconds is None
    assert done.seconds == 90
