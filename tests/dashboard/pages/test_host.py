# SPDX-License-Identifier: Apache-2.0
import re

from tests.dashboard.pages.conftest import MARKUP, SERVERS


def test_a_host_tells_how_full_it_is_and_what_stands_on_it(city):
    page = city.get('/hosts/hot')
    assert re.search(r'CPU 90(\.\d)? % used Used 14\.\d, allocated 6, allocatable 64, hardware 16', page.text)
    assert '3 servers' in page.text
    assert 'anti-affinity twins' in page.text
    assert f'/dashboard/servers/{SERVERS[0]}' in page.links


def test_names_full_of_markup_are_text(city):
    for path in ('/hosts/hot', '/hosts/hot/panel'):
        page = city.get(path)
        assert MARKUP not in page.html
        assert MARKUP in page.text


def test_servers_say_where_they_may_go_or_why_they_stay(city):
    assert 'stays: it is locked' in city.get('/hosts/warm').text
    assert 'to 3 hosts' in city.get('/hosts/hot').text


def test_what_is_unknown_is_said_to_be(city):
    assert 'Used unknown, allocated 0' in city.get('/hosts/unheard').text


def test_trouble_is_told_in_words(city):
    assert 'Disabled: new disks' in city.get('/hosts/closed').text
    assert 'down' in city.get('/hosts/gone').text


def test_the_panel_is_a_part_of_a_page_that_leads_to_the_whole(city):
    page = city.get('/hosts/hot/panel')
    assert '<html' not in page.html
    assert '/dashboard/hosts/hot' in page.links
    assert '3 servers' in page.text


def test_one_may_ask_at_once_what_if_the_host_were_not_there(city):
    links = city.get('/hosts/hot').links
    assert {'/dashboard/what-if?lost=hot', '/dashboard/what-if?emptied=hot'} <= set(links)


def test_a_host_that_is_none_is_not_found(city):
    assert city.get('/hosts/nobody').status == 404
