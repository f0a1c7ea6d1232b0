# SPDX-License-Identifier: Apache-2.0
import re

from tests.dashboard.pages.told import page


def test_services_sight_and_measures_are_told(city):
    found = city.get('/health')
    assert 'as the decision engine on demo sees it' in found.text
    assert 'watcher-applier demo Active' in found.text
    assert 'watcher-decision-engine demo Active' in found.text
    assert 'Storage not read yet' in found.text
    assert 'prometheus answers' in found.text


def test_what_is_known_of_some_only_is_there_in_part(city):
    text = city.get('/health').text
    assert 'host cpu usage in part 4 of 6' in text
    assert 'instance l3 cache usage missing' in text


SERVICE = {'name': 'watcher-applier', 'host': 'ctl', 'status': 'FAILED', 'last_seen_up': None}
COMPUTE = {'part': 'compute', 'age_s': 75.0, 'is_blind': False, 'why': None, 'frozen': [], 'gaps': [],
           'drift': None, 'notifications': None}


def told(collector=None, **changes):
    """What is read on the page."""
    health = {'services': [SERVICE], 'engine': 'ctl', 'why': None,
              'collectors': [{**COMPUTE, **(collector or {})}], 'datasources': []}
    html = page('/health', {'/v2/health': {**health, **changes}}).text
    return ' '.join(re.sub('<[^>]*>', ' ', html).split())


def test_without_an_engine_the_services_are_told_all_the_same():
    text = told(engine=None, why='it did not answer', collectors=[])
    assert 'No decision engine answers, so nothing is known of what it sees: it did not answer' in text
    assert 'watcher-applier ctl Failed never' in text


def test_a_picture_tells_its_age_and_what_strayed():
    text = told({'drift': {'servers_missing': 0, 'servers_misplaced': 2, 'hosts_missing': 1}})
    assert 'Compute seen Read 1 min 15 s ago.' in text
    assert 'the picture had strayed: servers misplaced 2, hosts missing 1.' in text
    assert 'nothing in the picture had strayed' in told({'drift': {'servers_missing': 0}})


def test_blindness_says_why():
    assert 'blind Nothing can be decided on it: placement is away' in told(
        {'is_blind': True, 'why': 'placement is away'})


def test_gaps_and_frozen_hosts_are_named():
    text = told({'gaps': ['no flavors'], 'frozen': ['cn1', 'cn2']})
    assert 'Compute with gaps' in text
    assert 'no flavors 2 frozen, no plan touches them: cn1 cn2' in text


def test_notifications_are_counted():
    heard = {'heard': 1200, 'malformed': 3, 'waiting': 0, 'last_at': None}
    assert '1,200 notifications heard; none waiting to be taken in, 3 could not be understood.' in told(
        {'notifications': heard})


def test_no_datasource_is_told_with_what_follows():
    assert 'No datasource is configured: strategies that go by load can decide nothing.' in told()
