# SPDX-License-Identifier: Apache-2.0
"""Who gets into the console, how far, and out of it again."""

import logging

import pytest
import requests
from falcon.testing import TestClient

from tests.dashboard.visitor import Page, Visitor
from watcher_py.dashboard.login import local
from watcher_py.dashboard.sessions import GUEST, TOKEN
from watcher_py.sim.identity import PASSWORD

PROXIED = '[oslo_middleware]\nenable_proxy_headers_parsing = True\n'


def log_in(visitor: Visitor, user: str = 'admin', password: str = PASSWORD, project: str = 'admin',
           path: str = '/audits') -> Page:
    return visitor.send(visitor.get(path), '/login', user=user, password=password, project=project)


def test_who_is_not_logged_in_sees_the_login_and_then_where_they_were_going(guarded):
    visitor = guarded().visitor()
    asked = visitor.get('/audits', strategy='dummy')
    assert asked.path == '/dashboard/login'
    assert 'Password' in asked.text
    page = visitor.send(asked, '/login', user='admin', password=PASSWORD, project='admin')
    assert (page.status, page.path) == (200, '/dashboard/audits')
    assert page.url.endswith('?strategy=dummy')
    assert 'admin Log out' in page.text


def test_a_wrong_password_brings_the_form_again_without_it(guarded, caplog):
    with caplog.at_level(logging.DEBUG):
        page = log_in(guarded().visitor(), password='guessed-it')
    assert page.status == 403
    assert 'Keystone does not know this user with this password' in page.text
    assert ('user', 'admin') in page.form('/login').fields
    assert 'guessed-it' not in page.html
    assert 'guessed-it' not in caplog.text


def test_the_session_is_kept_from_scripts_and_other_sites(guarded):
    house = guarded()
    visitor = house.visitor()
    page = log_in(visitor)
    token = visitor.session.cookies[TOKEN]
    assert house.cloud.identity.token(token).user.name == 'admin'
    assert token not in page.html
    told = house.visitor().get('/login').headers['Set-Cookie'].split('; ')
    assert {'HttpOnly', 'SameSite=Strict', 'Path=/dashboard'} <= set(told)
    assert 'Secure' not in told


def test_behind_a_proxy_that_speaks_https_the_cookie_is_secure(guarded):
    client = TestClient(guarded(PROXIED).application)
    forwarded = client.simulate_get('/dashboard/login', headers={'X-Forwarded-Proto': 'https'})
    assert forwarded.cookies[GUEST].secure
    assert not client.simulate_get('/dashboard/login').cookies[GUEST].secure


def test_under_a_mount_of_the_proxys_everything_is_there(guarded):
    client = TestClient(guarded(PROXIED).application)
    answer = client.simulate_get('/dashboard/audits', headers={'X-Forwarded-Prefix': '/infra-optim'})
    assert answer.headers['Location'] == '/infra-optim/dashboard/login?next=/audits'
    assert answer.cookies[GUEST].path == '/infra-optim/dashboard'


def test_the_operator_may_say_that_the_cookie_goes_over_https_alone(guarded):
    told = guarded('[dashboard]\nsecure_cookie = True\n').visitor().get('/login').headers['Set-Cookie']
    assert 'Secure' in told.split('; ')


def test_a_link_of_another_site_leads_in_and_logs_nobody_out(guarded):
    visitor = guarded().visitor()
    log_in(visitor)
    # A browser does not show the session to what another site asks for.
    arrived = requests.get(f'{visitor.root}/audits', headers={'Sec-Fetch-Site': 'cross-site'}, timeout=60)
    assert 'http-equiv="refresh"' in arrived.text
    assert TOKEN not in arrived.cookies


def test_logging_out_revokes_the_token(guarded):
    house = guarded()
    visitor = house.visitor()
    page = log_in(visitor)
    token = visitor.session.cookies[TOKEN]
    assert visitor.send(page, '/logout').path == '/dashboard/login'
    assert house.cloud.identity.token(token) is None
    assert TOKEN not in visitor.session.cookies
    assert visitor.get('/audits').path == '/dashboard/login'


def test_logging_out_is_no_link(guarded):
    assert guarded().visitor().get('/logout').status == 405


def test_a_token_that_is_over_leads_to_the_login(guarded):
    house = guarded()
    visitor = house.visitor()
    log_in(visitor)
    visitor.session.cookies.clear()
    visitor.session.cookies.set(TOKEN, 'stolen-or-over')
    assert visitor.get('/audits').path == '/dashboard/login'


def test_who_may_do_nothing_is_told_so_and_sees_nothing(guarded):
    visitor = guarded().visitor()
    page = log_in(visitor, 'demo', project='demo', path='/strategies')
    assert page.status == 403
    assert 'Not allowed' in page.text
    assert 'Main' not in page.html
    assert visitor.get('/audits/new', strategy='dummy').status in (403, 404)


def test_a_reader_sees_and_has_nothing_to_press(guarded):
    house = guarded()
    house.policy.write_text('"audit:detail": "role:reader"\n"strategy:get_all": "role:reader"\n'
                            '"action_plan:get_all": "role:reader"\n')
    page = log_in(house.visitor(), 'demo', project='demo')
    assert page.status == 200
    assert 'There is no audit' in page.text
    assert 'New audit' not in page.text


def test_a_reader_who_posts_anyway_is_refused(guarded):
    house = guarded()
    house.policy.write_text('"audit:detail": "role:reader"\n"strategy:get_all": "role:reader"\n')
    visitor = house.visitor()
    csrf = dict(log_in(visitor, 'demo', project='demo').form('/logout').fields)['csrf']
    data = {'csrf': csrf, 'strategy': 'dummy'}
    answer = visitor.session.post(f'{visitor.root}/audits/new', data=data, timeout=60)
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize('path', ['//evil.example', 'https://evil.example', '/\\evil.example', '\\evil',
                                  'javascript:alert(1)', '', '/a\r\nSet-Cookie: x=y'])
def test_a_login_leads_nowhere_else(path):
    assert local(path) == '/'


def test_a_login_leads_back():
    assert local('/plans/x?step=3') == '/plans/x?step=3'


def test_a_keystone_that_is_away_is_told_of(guarded):
    visitor = guarded('[dashboard]\nauth_url = http://127.0.0.1:9/v3\n').visitor()
    page = log_in(visitor)
    assert page.status == 503
    assert 'Keystone does not answer at http://127.0.0.1:9/v3' in page.text


def test_where_nobody_logs_in_there_is_no_login(visitor):
    page = visitor.get('/login')
    assert page.path != '/dashboard/login'
    assert 'Log out' not in page.text
