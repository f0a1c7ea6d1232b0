# SPDX-License-Identifier: Apache-2.0
from tests.dashboard.pages.conftest import SERVERS
from tests.dashboard.pages.told import page


def test_what_is_broken_is_told_first_and_repaired_by_an_audit(city):
    found = city.get('/rules')
    assert '1 violation' in found.text
    assert '2 members of anti-affinity group twins stand on hot, where 1 may' in found.text
    assert '/dashboard/audits/new?strategy=rule_repair' in found.links


def test_groups_tell_where_their_members_stand(city):
    found = city.get('/rules')
    assert 'twins anti-affinity broken twin-1 on hot twin-2 on hot' in found.text
    assert f'/dashboard/servers/{SERVERS[0]}' in found.links


def test_a_cloud_in_which_all_is_kept_says_so(visitor):
    found = visitor.get('/rules')
    assert 'all are kept' in found.text
    assert 'There are none' in found.text


BROKEN = {'kind': 'capacity', 'what': 'a', 'servers': [], 'hosts': ['a'],
          'sentence': 'a has given out too much'}
FOUND = {'taken_at': None, 'gaps': ['no server groups'], 'violations': [BROKEN], 'groups': [
    {'uuid': 'g', 'name': 'near', 'policy': 'soft-affinity', 'limit': None, 'members': [], 'is_kept': False}]}


def told(*allowed):
    answers = {'/v2/violations': FOUND, '/v2/me': {'user': 'ro', 'allowed': ['violation:get_all', *allowed]}}
    return page('/rules', answers).text


def test_only_who_may_audit_is_led_to_it():
    assert 'strategy=rule_repair' in told('audit:create')
    assert 'strategy=rule_repair' not in told()


def test_a_wish_that_is_not_met_is_no_violation():
    assert 'wish not met' in told()


def test_gaps_in_what_is_known_are_told():
    assert 'no server groups' in told()
