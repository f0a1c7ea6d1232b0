# SPDX-License-Identifier: Apache-2.0
from tests.dashboard.pages.conftest import MARKUP, SERVERS


def test_a_server_tells_where_it_may_go_and_why_not_elsewhere(city):
    page = city.get(f'/servers/{SERVERS[0]}')
    assert '3 hosts would take it, 2 would not' in page.text
    possible = page.text.partition('Where it may go')[2].partition('Why not elsewhere')[0].split()
    assert possible == ['calm', 'unheard', 'warm']
    assert 'its compute service is disabled closed' in page.text


def test_its_groups_tell_where_the_other_members_stand(city):
    assert 'twins anti-affinity twin-1 on hot twin-2 on hot' in city.get(f'/servers/{SERVERS[0]}').text


def test_a_server_that_stays_says_why(city):
    text = city.get('/servers/bound').text
    assert 'It stays where it is: it is locked' in text
    assert 'Nowhere, as things are' in text


def test_what_is_not_measured_is_unknown(city):
    assert 'CPU used unknown Memory used unknown' in city.get('/servers/silent').text


def test_names_full_of_markup_are_text(city):
    page = city.get(f'/servers/{SERVERS[2]}')
    assert MARKUP not in page.html
    assert MARKUP in page.text


def test_a_server_that_is_none_is_not_found(city):
    assert city.get('/servers/nobody').status == 404
