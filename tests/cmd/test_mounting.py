# SPDX-License-Identifier: Apache-2.0
"""The console beside the API: each has its own paths."""

import pytest
from falcon.testing import TestClient

from watcher_py.cmd import settings
from watcher_py.cmd.mounting import with_console


@pytest.fixture
def mounted(tmp_path):
    """A client of both, and the paths that the API was asked for."""
    asked = []

    def api(environ, start_response):
        asked.append(environ['PATH_INFO'])
        start_response('401 Unauthorized', [('Content-Type', 'text/plain'), ('Content-Length', '0')])
        return [b'']

    def build(more=''):
        file = tmp_path / 'watcher.conf'
        file.write_text(more)
        conf = settings.load(['--config-file', str(file)], 'watcher-test')
        return TestClient(with_console(api, conf)), asked

    return build


@pytest.mark.parametrize('path', ['/dashboard', '/dashboard/', '/dashboard/login', '/dashboard/audits',
                                  '/dashboard/static/1/console.css'])
def test_the_api_is_not_asked_for_pages(mounted, path):
    client, asked = mounted()
    assert client.simulate_get(path).status_code in (200, 303, 404)
    assert asked == []


@pytest.mark.parametrize('path', ['/', '/v1/audits', '/dashboards', '/v1/dashboard'])
def test_the_console_is_not_asked_for_the_rest(mounted, path):
    client, asked = mounted()
    assert client.simulate_get(path).status_code == 401
    assert asked == [path]


def test_links_know_where_the_console_is_mounted(mounted):
    client, _ = mounted()
    page = client.simulate_get('/dashboard/login', root_path='/infra-optim').text
    assert 'action="/infra-optim/dashboard/login"' in page


def test_it_may_be_left_out(mounted):
    client, asked = mounted('[dashboard]\nenabled = False\n')
    assert client.simulate_get('/dashboard/').status_code == 401
    assert asked == ['/dashboard/']
