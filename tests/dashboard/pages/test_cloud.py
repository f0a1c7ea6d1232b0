# SPDX-License-Identifier: Apache-2.0
import re

import pytest

from tests.dashboard.pages.conftest import MARKUP

TILE = re.compile(
    r'<a class="host (\w*)" href="[^"]*/hosts/([^"]*)"[^>]*title="([^"]*)">(.*?)</a>', re.DOTALL)


def tiles(page):
    """By host: its mark, title and what is seen of it."""
    return {name: (mark, title, re.sub('<.*?>', ' ', seen).split())
            for mark, name, title, seen in TILE.findall(page.html)}


def test_every_host_is_a_tile_with_its_load_and_its_trouble(city):
    page = city.get()
    shown = tiles(page)
    assert page.status == 200
    assert list(shown) == ['hot', 'calm', 'closed', 'gone', 'unheard', 'warm']
    assert shown['hot'][0] == ''
    assert shown['hot'][2] == ['hot', '90', '%']
    assert shown['unheard'][2] == ['unheard', '?']
    assert shown['closed'][::2] == ('disabled', ['closed', '5', '%', 'disabled'])
    assert shown['gone'][2][-1] == 'down'


def test_the_title_of_a_tile_tells_its_figures(city):
    _, title, _ = tiles(city.get())['hot']
    assert re.fullmatch(r'hot: 14\.\d of 16 cores used; 6 of 64 vCPUs allocated; 3 servers', title)
    _, title, _ = tiles(city.get(of='memory'))['hot']
    assert re.fullmatch(r'hot: [\d.]+ GiB of 64 GiB used; 24 GiB of 64 GiB allocated; 3 servers', title)
    assert tiles(city.get())['closed'][1].endswith('disabled: new disks')


def test_figures_of_the_cloud_stand_above(city):
    text = city.get().text
    assert 'Hosts with servers 3 of 6' in text
    assert 'Servers 6' in text
    assert re.search(r'Hottest host 90(\.\d)? %', text)
    assert 'Not in service 2 1 down, 1 disabled' in text


def test_hosts_are_grouped_by_aggregate_and_sorted_by_name_when_asked_so(city):
    page = city.get(by='aggregate', sort='name')
    assert f'fast {MARKUP} 2 hosts calm' in page.text
    assert 'az-2 1 host warm' in page.text
    assert MARKUP not in page.html


def test_hosts_are_found_by_name_and_the_question_stays_in_the_form(city):
    page = city.get(name='O', of='memory')
    assert set(tiles(page)) == {'hot', 'closed', 'gone'}
    assert ('name', 'O') in page.form('/').fields
    assert ('of', 'memory') in page.form('/').fields
    assert 'No host has “zzz” in its name' in city.get(name='zzz').text


@pytest.mark.parametrize('query', [{'by': 'x'}, {'sort': ['load', 'name']}, {'of': ''}, {'name': 'x' * 5000}])
def test_a_question_that_makes_no_sense_is_answered_with_a_page(city, query):
    assert city.get(**query).status == 200


def test_the_histogram_tells_its_counts_to_those_who_can_not_see_it(city):
    assert 'Hosts by cpu load: ' in city.get().html
    assert re.search(r'1 from 90 %; \d unknown', city.get().html)


def test_parts_that_change_by_themselves_come_alone_too(city):
    figures, hosts = city.get('/cloud/figures'), city.get('/cloud/hosts', name='warm')
    assert '<html' not in figures.html + hosts.html
    assert 'Hottest host' in figures.text
    assert list(tiles(hosts)) == ['warm']
