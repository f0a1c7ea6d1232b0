# SPDX-License-Identifier: Apache-2.0
"""A monitoring system lets us in by a password, a token or a certificate, and is who it says it is."""

import shutil
import socket
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.conftest import missing
from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.datasources.asking import Passing, Patience, answer
from watcher_py.datasources.web_site import Access, WebSite


@pytest.fixture(scope='module')
def papers(tmp_path_factory):
    """Certificates of a server and of a client, each its own authority."""
    if shutil.which('openssl') is None:
        missing('openssl', FileNotFoundError('install the package openssl'))
    folder = tmp_path_factory.mktemp('papers')
    for name in ('server', 'client'):
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
             '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2',
             '-keyout', folder / f'{name}.key', '-out', folder / f'{name}.pem'],
            check=True, capture_output=True)
    return folder


@pytest.fixture
def guarded(papers):
    """The URL of a server that answers only who shows the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / 'server.pem', papers / 'server.key')
    context.load_verify_locations(papers / 'client.pem')
    context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer(('127.0.0.1', 0), _Silent) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
        thread.start()
        yield f'https://127.0.0.1:{server.server_port}'
        server.shutdown()
        thread.join()


class _Silent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def _ask(url, **access):
    return WebSite('prometheus', url, Access(**access)).send('GET', 'api/v1/query')


@pytest.mark.parametrize(('access', 'header'), [
    ({'username': 'u', 'password': 'p'}, 'Basic dTpw'),
    ({'username': 'u'}, 'Basic dTo='),
    ({'bearer': 'token'}, 'Bearer token'),
    ({}, None),
], ids=['password', 'no password', 'token', 'nothing'])
def test_it_is_let_in_as_it_was_told(script, access, header):
    script.answer((200, {}))
    _ask(script.url, **access)
    assert script.asked[0][2].get('Authorization') == header


def test_a_token_is_read_from_its_file_each_time(script, tmp_path):
    script.answer((200, {}))
    file = tmp_path / 'token'
    for token in ('first', 'second'):
        file.write_text(f'{token}\n')
        _ask(script.url, bearer_file=str(file))
    assert [headers['Authorization'] for _, _, headers in script.asked] == ['Bearer first', 'Bearer second']


def test_a_token_that_can_not_be_read_is_told(tmp_path):
    with pytest.raises(Invalid, match=r'nowhere can.t be read: No such file'):
        _ask('http://127.0.0.1:1', bearer_file=str(tmp_path / 'nowhere'))


@pytest.mark.parametrize('url', ['', '/prometheus', '/prometheus/'])
def test_it_may_stand_behind_a_path(script, url):
    script.answer((200, {}))
    _ask(script.url + url)
    assert script.asked[0][0] == f'{url.rstrip("/")}/api/v1/query'


def test_certificates_are_shown_and_looked_at(guarded, papers):
    client = {'certfile': str(papers / 'client.pem'), 'keyfile': str(papers / 'client.key')}
    assert _ask(guarded, cafile=str(papers / 'server.pem'), **client).status_code == 204
    with pytest.raises(Passing, match='no answer'):
        _ask(guarded, cafile=str(papers / 'client.pem'), **client)
    with pytest.raises(Passing, match='no answer'):
        _ask(guarded, cafile=str(papers / 'server.pem'))


def test_an_authority_that_is_not_there_is_told():
    with pytest.raises(Invalid, match=r'/nowhere/ca\.pem'):
        _ask('https://127.0.0.1:1', cafile='/nowhere/ca.pem')


def test_an_answer_that_breaks_off_is_none(script):
    script.answer((200, 'half'))
    script.longer = 10
    with pytest.raises(Passing, match='no answer'):
        _ask(script.url)


def test_who_takes_too_long_is_not_asked_again():
    with socket.create_server(('127.0.0.1', 0)) as mute:        # takes calls, and never answers
        site = WebSite('prometheus', f'http://127.0.0.1:{mute.getsockname()[1]}', timeout=0.05)
        with pytest.raises(Unavailable, match=r'no answer within 0\.05 s$'):
            answer(site, Patience(2, pause=_no_pause), 'GET', 'api/v1/query')


def _no_pause(seconds):
    raise AssertionError('it is asked again')


def test_secrets_are_not_shown():
    shown = repr(WebSite('prometheus', 'http://x', Access(username='u', password='p4ss', bearer='t0ken')))
    assert 'p4ss' not in shown
    assert 't0ken' not in shown
