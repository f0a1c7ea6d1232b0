# SPDX-License-Identifier: Apache-2.0
"""Forms of other sites are refused, and what is on a page is nobody else's."""

import pytest
import requests

CREATE = '/templates/new'


@pytest.fixture
def form(visitor):
    """A form that is sound but for what a test changes: its fields, and the way to send it."""
    page = visitor.get(CREATE, strategy='dummy')
    fields = dict(page.form(CREATE).fields)

    def send(headers=None, **changes):
        data = {**fields, 'name': 'mine', **changes}
        return visitor.session.post(visitor.root + CREATE, data=data, headers=headers, timeout=60)

    return send


@pytest.mark.parametrize('csrf', ['', 'guessed', '\u00fc'])
def test_a_form_without_the_sessions_word_is_refused(form, visitor, csrf):
    answer = form(csrf=csrf)
    assert answer.status_code == 403
    assert 'not sent by a page of this session' in answer.text
    assert 'mine' not in visitor.get('/templates').text


@pytest.mark.parametrize('headers', [
    {'Origin': 'https://evil.example'}, {'Origin': 'null'}, {'Sec-Fetch-Site': 'cross-site'},
    {'Sec-Fetch-Site': 'same-site'}])
def test_a_form_that_another_site_sent_is_refused(form, headers):
    assert form(headers).status_code == 403


def test_another_session_has_another_word(form, visitor, house):
    visitor.session.cookies.clear()
    visitor.get('/templates')
    assert form().status_code == 403


def test_a_form_of_our_own_is_taken(form, visitor, house):
    assert form({'Origin': house.url, 'Sec-Fetch-Site': 'same-origin'}).status_code == 200
    assert 'mine' in visitor.get('/templates').text


def test_a_form_that_is_too_large_is_refused(form):
    assert form(description='x' * 2_000_000).status_code == 400


def test_every_page_says_what_it_may_load_and_that_it_is_not_kept(visitor):
    for path in ('/audits', '/nothing', '/audits/new?strategy=dummy'):
        headers = visitor.get(path).headers
        policy = headers['Content-Security-Policy']
        assert "default-src 'none'" in policy
        assert 'unsafe' not in policy
        assert headers['X-Content-Type-Options'] == 'nosniff'
        assert headers['Referrer-Policy'] == 'same-origin'
        assert headers['Cache-Control'] == 'no-store'


def test_no_page_needs_what_the_policy_forbids(visitor):
    for path in ('/audits', '/audits/new?strategy=workload_stabilization', '/strategies', '/history'):
        page = visitor.get(path)
        assert page.status == 200
        assert ' style=' not in page.html
        assert '<style' not in page.html
        assert 'onclick' not in page.html
        assert page.html.count('<script') == page.html.count('<script src="/dashboard/static/')


def test_files_are_kept_for_long_under_an_address_of_their_own(visitor, house):
    page = visitor.get('/audits')
    address = next(part for part in page.html.split('"') if part.endswith('console.css'))
    answer = visitor.session.get(house.url + address, timeout=60)
    assert 'immutable' in answer.headers['Cache-Control']
    assert answer.headers['Content-Encoding'] == 'gzip'
    stale = address.replace(address.split('/')[-2], '000000000000')
    assert visitor.session.get(house.url + stale, timeout=60).status_code == 404


def test_a_file_that_caches_keep_brings_no_session(house):
    page = house_page(house, '/audits')
    address = next(part for part in page.text.split('"') if part.endswith('console.js'))
    assert 'Set-Cookie' not in requests.get(house.url + address, timeout=60).headers


def test_a_page_is_small_on_its_way(house):
    small = requests.get(f'{house.url}/dashboard/strategies', timeout=60)
    assert small.headers['Content-Encoding'] == 'gzip'
    assert int(small.headers['Content-Length']) * 3 < len(small.content)
    plain = requests.get(f'{house.url}/dashboard/strategies', headers={'Accept-Encoding': ''}, timeout=60)
    assert 'Content-Encoding' not in plain.headers


def house_page(house, path):
    return requests.get(f'{house.url}/dashboard{path}', timeout=60)
