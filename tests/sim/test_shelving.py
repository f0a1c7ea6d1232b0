# SPDX-License-Identifier: Apache-2.0
"""The emulated Nova's shelf: servers that give up their hosts, and that come back."""

import pytest

SHELVING, OFFLOADING, UNSHELVING = 5, 2, 5      # how long each takes


@pytest.fixture
def after(cloud, admin):
    """What the server is like so many seconds later, and where."""
    def pass_time(server, *seconds):
        for each in seconds:
            cloud.clock.advance(each)
            admin.get('')       # any request brings the world up to date
        now = cloud.world.servers[server]
        return now.vm_state, now.task_state, cloud.world.host_name(now.host)
    return pass_time


@pytest.fixture
def shelved(admin, after):
    def shelve(server):
        assert admin.act(server, shelve=None).status_code == 202
        assert after(server, SHELVING, OFFLOADING) == ('shelved_offloaded', None, None)
    return shelve


def _errors(cloud, server):
    return [event.details for action in cloud.world.actions[server] for event in action.events
            if event.result == 'Error']


def test_a_server_is_shelved_step_by_step_and_gives_its_room_back(cloud, admin, after):
    used = cloud.world.ledger.used('host-alpha').vcpus
    admin.act('plain', shelve=None)
    assert after('plain', SHELVING - 1) == ('active', 'shelving', 'alpha')
    assert after('plain', 1) == ('shelved', 'shelving_offloading', 'alpha')
    assert after('plain', OFFLOADING) == ('shelved_offloaded', None, None)
    assert admin.server('plain')['status'] == 'SHELVED_OFFLOADED'
    assert cloud.world.ledger.used('host-alpha').vcpus == used - 2
    assert 'plain' not in cloud.world.ledger.claims


def test_an_unshelved_server_runs_where_the_scheduler_sees_room(cloud, admin, shelved, after):
    shelved('off')
    admin.act('off', unshelve=None)
    assert after('off', UNSHELVING)[:2] == ('active', None)
    host = cloud.world.servers['off'].host
    assert cloud.world.ledger.claims['off'].provider == host
    assert 'off' in [server.uuid for server in cloud.world.residents(host)]


def test_a_member_of_a_group_counts_where_it_comes_back(cloud, admin, shelved, after):
    shelved('apart-1')
    assert cloud.world.members_anywhere('apart') == 1
    admin.act('apart-1', unshelve=None)
    after('apart-1', UNSHELVING)
    assert cloud.world.members_at('apart', cloud.world.servers['apart-1'].host) == 1


def test_that_there_is_no_room_is_found_out_late(cloud, admin, shelved, after):
    shelved('plain')
    for host in list(cloud.world.hosts):
        cloud.world.change_host(host, enabled=False)
    assert admin.act('plain', unshelve=None).status_code == 202
    assert after('plain', 0) == ('shelved_offloaded', None, None)
    assert _errors(cloud, 'plain') == ['No valid host was found. There are not enough hosts available.']


def test_shelving_can_be_made_to_fail(cloud, admin, after):
    cloud.faults.fail_migrations('plain', 'the image store is full')
    admin.act('plain', shelve=None)
    assert after('plain', SHELVING) == ('active', None, 'alpha')
    assert _errors(cloud, 'plain') == ['the image store is full']
    assert 'plain' in cloud.world.ledger.claims


def test_unshelving_can_be_made_to_fail(cloud, admin, shelved, after):
    shelved('plain')
    cloud.faults.fail_migrations('plain', 'the image is broken')
    admin.act('plain', unshelve=None)
    assert after('plain', UNSHELVING) == ('shelved_offloaded', None, None)
    assert _errors(cloud, 'plain') == ['the image is broken']
    assert 'plain' not in cloud.world.ledger.claims


def test_a_server_that_is_deleted_meanwhile_is_forgotten(cloud, admin, after):
    admin.act('plain', shelve=None)
    assert admin.ask('DELETE', '/servers/plain').status_code == 204
    after('off', SHELVING)
    assert not cloud.world.shelvings


@pytest.mark.parametrize('action', ['unshelve', 'shelveOffload'])
def test_what_is_not_shelved_can_not_be_taken_off_the_shelf(admin, action):
    assert admin.act('plain', **{action: None}).status_code == 409


def test_what_is_shelved_can_not_be_shelved_again(admin, shelved):
    shelved('plain')
    assert admin.act('plain', shelve=None).status_code == 409
