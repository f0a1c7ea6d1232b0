# SPDX-License-Identifier: Apache-2.0
"""The cloud remembers what was done to it, and says what should not have been."""

from typing import Any

import pytest
import requests

from tests.sim.conftest import group, host, server
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.journal import Entry
from watcher_py.sim.server import Cloud


def words(cloud: Any, uuid: str) -> list[str]:
    return [entry.what for entry in entries(cloud) if entry.server == uuid]


def entries(cloud: Any) -> list[Entry]:
    found: list[Entry] = cloud.world.journal.entries()
    return found


def test_a_live_migration_is_written_down_from_its_request_to_its_end(cloud: Any, admin: Any) -> None:
    asked = admin.live('plain', 'beta')
    for seconds in (1, 60):
        cloud.clock.advance(seconds)
        admin.server('plain')
    assert words(cloud, 'plain') == ['depart', 'live-migration', 'running', 'completed']
    departed, *_, completed = entries(cloud)
    assert (departed.source, departed.target, departed.kind) == ('alpha', 'beta', 'live-migration')
    assert departed.request == asked.headers['X-Openstack-Request-Id']
    assert (completed.migration, completed.time > departed.time) == (departed.migration, True)
    assert cloud.world.journal.violations() == []


def test_what_is_confirmed_or_taken_back_or_stopped_is_written_down(cloud: Any, admin: Any) -> None:
    admin.cold('off', 'beta')
    cloud.clock.advance(60)
    admin.act('off', revertResize=None)
    admin.act('plain', os_stop=None)
    admin.ask('DELETE', '/servers/plain')
    assert words(cloud, 'off')[-2:] == ['reverted', 'revertResize']
    assert words(cloud, 'plain') == ['stop', 'delete']
    assert cloud.world.journal.violations() == []


def test_a_cold_migration_that_waits_for_confirmation_is_legal_at_both_ends(cloud: Any, admin: Any) -> None:
    admin.cold('off', 'beta')
    cloud.clock.advance(60)
    admin.live('plain', 'beta')
    cloud.clock.advance(60)
    admin.act('off', confirmResize=None)
    assert words(cloud, 'off')[-2:] == ['confirmed', 'confirmResize']
    assert cloud.world.journal.violations() == []


def test_a_resize_is_legal_at_both_ends_until_it_is_confirmed(cloud: Any, admin: Any) -> None:
    flavor = next(one.id for one in cloud.world.flavors.values() if one.name == 'ssd')
    assert admin.act('plain', resize={'flavorRef': flavor}).status_code == 202
    for deed in ({'os_stop': None}, {'confirmResize': None}):
        cloud.clock.advance(60)
        admin.act('plain', **deed)
    assert words(cloud, 'plain')[-2:] == ['confirmed', 'confirmResize']
    assert cloud.world.journal.violations() == []


def test_a_refusal_is_written_down_with_its_reason(cloud: Any, admin: Any) -> None:
    assert admin.live('plain', 'delta').status_code == 400
    refused, = entries(cloud)
    assert refused.what == 'refused'
    assert 'delta is disabled' in (refused.detail or '')


def test_a_migration_that_only_its_record_refuses_is_told_from_one_that_began(cloud: Any, admin: Any) -> None:
    cloud.faults.late_refusals = True
    assert admin.live('plain', 'delta').status_code == 202
    assert words(cloud, 'plain')[-2:] == ['turned down', 'live-migration']


def test_a_host_that_goes_down_is_written_down(cloud: Any, admin: Any) -> None:
    cloud.world.host_down('beta')
    entry, = entries(cloud)
    assert (entry.what, entry.source, entry.detail) == ('host', 'beta', 'enabled, down')


def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator lets everybody in."""
    monkeypatch.setattr('watcher_py.sim.rules.why_not', lambda world, server, host: None)


@pytest.mark.parametrize(('uuid', 'target', 'why'), [
    ('plain', 'delta', 'delta is disabled'),
    ('plain', 'echo', 'echo is down'),
    ('plain', 'tiny', 'tiny: VCPU'),
    ('plain', 'crowded', 'MEMORY_MB is overcommitted in crowded, by 2192'),
    ('pinned', 'gamma', 'gamma is in zone south'),
    ('apart-1', 'beta', 'too many members of anti-affinity group apart'),
    ('near-1', 'beta', 'no other member of affinity group near is on beta')])
def test_the_journal_says_what_the_rules_let_through(cloud: Any, admin: Any, monkeypatch: pytest.MonkeyPatch,
                                                     uuid: str, target: str, why: str) -> None:
    if why == 'tiny: VCPU':
        cloud.world.change_host('host-tiny', ratio=(1.0, 1.0, 1.0))
    no_rules(monkeypatch)
    assert admin.live(uuid, target).status_code == 202
    assert why in ' '.join(cloud.world.journal.violations())


def test_two_on_their_way_to_one_host_count_before_they_are_there(cloud: Any, admin: Any,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    no_rules(monkeypatch)
    admin.live('apart-1', 'gamma')
    assert cloud.world.journal.violations() == []
    admin.live('apart-2', 'gamma')
    wrong, = cloud.world.journal.violations()
    assert 'apart' in wrong


def test_what_was_wrong_from_the_start_is_nobodys_fault() -> None:
    document = {
        'format': 'watcher-cluster', 'version': 1, 'hosts': [host('full', ram_mb=6000), host('free')],
        'instances': [server('a', 'full'), server('b', 'full')],
        'server_groups': [group('apart', 'anti-affinity', 1, 'a', 'b')]}
    with Cloud(read(document), Clock(speed=0)) as cloud:
        requests.get(cloud.url + '/compute', timeout=30)
        assert cloud.world.journal.violations() == []
        # It is made worse.
        cloud.world.ledger.claim('stray', 'host-full', cloud.world.servers['a'].flavor.sizes, '')
        cloud.world.change('a', name='c')
        cloud.world.journal.act('create', 'a', 'req-1')
        requests.get(cloud.url + '/compute', timeout=30)
        wrongs = cloud.world.journal.violations()
        assert len(wrongs) == 2
        assert 'by 6288' in wrongs[0]
        assert 'stray has an allocation, and is not there' in wrongs[1]


def test_a_server_must_stand_where_its_migration_says(cloud: Any, admin: Any) -> None:
    admin.live('plain', 'beta')
    number = cloud.world.in_flight['plain']
    cloud.clock.advance(60)
    admin.server('plain')
    assert cloud.world.journal.violations() == []
    cloud.world.change_migration(number, status='error')
    admin.server('plain')
    assert 'the server stands on beta' in cloud.world.journal.violations()[-1]


class TestFromAnotherProcess:
    """Over HTTP, without a token."""

    def test_the_journal_is_read_on_from_where_one_was_and_cleared(self, cloud: Any, admin: Any) -> None:
        own = cloud.url + '/sim/journal'
        admin.act('plain', os_stop=None)
        seen = requests.get(own, timeout=30).json()['entries'][-1]
        assert seen['what'] == 'stop'
        admin.act('plain', os_start=None)
        told = requests.get(f'{own}?since={seen["number"]}', timeout=30).json()
        assert [entry['what'] for entry in told['entries']] == ['start']
        assert told['violations'] == []
        assert requests.delete(own, timeout=30).status_code == 204
        assert requests.get(own, timeout=30).json() == {'entries': [], 'violations': []}

    def test_faults_are_ordered_and_healed(self, cloud: Any, admin: Any) -> None:
        own = cloud.url + '/sim/faults'

        def order(**deed: Any) -> int:
            return requests.post(own, json=deed, timeout=30).status_code

        assert order(deed='strike', part='/servers/plain', kind='error', times=None, status=503) == 204
        assert [admin.ask('GET', '/servers/plain').status_code for _ in range(3)] == [503] * 3
        assert order(deed='heal') == 204
        assert admin.server('plain')['status'] == 'ACTIVE'
        assert order(deed='fail_migrations', server='plain', reason='of the storm') == 204
        admin.live('plain', 'beta')
        cloud.clock.advance(60)
        assert admin.newest_migration('plain')['status'] == 'error'
        assert order(deed='revoke_tokens') == 204
        assert admin.ask('GET', '/servers/plain').status_code == 401

    @pytest.mark.parametrize('deed', [
        {}, {'deed': 'dance'}, {'deed': 'strike'}, {'deed': 'strike', 'part': '/', 'kind': 'odd'}])
    def test_nonsense_is_refused(self, cloud: Any, deed: dict[str, str]) -> None:
        answer = requests.post(cloud.url + '/sim/faults', json=deed, timeout=30)
        assert answer.status_code == 400

    def test_a_host_goes_down_and_comes_back(self, cloud: Any, admin: Any) -> None:
        for state in ('down', 'up'):
            requests.post(f'{cloud.url}/sim/hosts/beta/{state}', timeout=30)
            shown = [row['state'] for row in admin.get('/os-services')['services'] if row['host'] == 'beta']
            assert shown == [state]
        assert requests.post(f'{cloud.url}/sim/hosts/beta/away', timeout=30).status_code == 400
