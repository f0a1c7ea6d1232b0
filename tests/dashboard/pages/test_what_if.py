# SPDX-License-Identifier: Apache-2.0
from tests.dashboard.pages.conftest import MARKUP


def test_the_page_begins_with_an_empty_question_and_the_room_there_is(city):
    page = city.get('/what-if')
    assert 'Room for more' in page.text
    assert '2 vCPUs, 8 GiB, 20 GB 5' in page.text
    assert 'It fits' not in page.text
    assert ('lost', '') in page.form('/what-if').fields


def test_a_host_that_can_be_done_without_is_told_with_where_its_servers_go(city):
    page = city.get('/what-if', lost='hot')
    assert 'It fits' in page.text
    assert '3 servers find a place' in page.text
    assert '3 servers of hot' in page.text
    assert f'{MARKUP} ' in page.text
    assert MARKUP not in page.html
    assert 'starts anew' in page.text
    assert 'Hosts with servers 3 of 6' in page.text


def test_who_finds_no_place_is_told_with_the_reason(city):
    page = city.get('/what-if', emptied='warm')
    assert 'It does not fit not all find a place' in page.text
    assert 'it is locked bound' in page.text


def test_servers_are_added_as_far_as_there_is_room(city):
    page = city.get('/what-if', count='1000', vcpus='4', memory_gib='8', disk_gb='40')
    assert 'It does not fit' in page.text
    assert 'new servers of 4 vCPUs, 8 GiB, 40 GB' in page.text
    assert ('count', '1000') in page.form('/what-if').fields


def test_a_figure_that_is_none_is_told_at_its_field_and_nothing_is_asked(city):
    page = city.get('/what-if', lost='hot', count='many')
    assert 'This must be a whole number of at least 1' in page.text
    assert 'It fits' not in page.text
    assert ('lost', 'hot') in page.form('/what-if').fields


def test_a_host_that_nobody_knows_is_told(city):
    page = city.get('/what-if', lost='nobody')
    assert page.status == 200
    assert 'nobody' in page.text.partition('Ask')[2]


def test_the_room_of_a_size_leads_to_the_question_about_it(city):
    assert '/dashboard/what-if?count=10&vcpus=2&memory_gib=8&disk_gb=20' in city.get('/what-if').links
