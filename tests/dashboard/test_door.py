# SPDX-License-Identifier: Apache-2.0
"""The API is asked in this process and over HTTP alike, and its failures are told in its words."""

import falcon
import pytest

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from watcher_py.dashboard.door import InProcess, Remote
from watcher_py.dashboard.rest import Forbidden, Rest, SignedOut, segment
from watcher_py.sim.http_server import HttpServer

FAULT = '{"error_message": "{\\"faultcode\\": \\"Client\\", \\"faultstring\\": \\"so it is\\"}"}'


class Echo:
    """Says what it was asked."""

    def on_get(self, req, resp, rest=''):
        resp.media = {'method': req.method, 'path': req.path, 'query': dict(req.params),
                      'token': req.get_header('X-Auth-Token'),
                      'version': req.get_header('OpenStack-API-Version'),
                      'body': req.get_media(default_when_empty=None)}

    on_post = on_put = on_patch = on_get

    def on_delete(self, req, resp, rest=''):
        resp.status = falcon.HTTP_204


class Fails:
    def on_get(self, req, resp, status):
        resp.status = status
        resp.text = FAULT if req.params else 'no JSON'


@pytest.fixture(params=['in process', 'remote'])
def door(request):
    app = falcon.App()
    app.add_route('/fails/{status}', Fails())
    app.add_route('/echo/{rest}', Echo())
    if request.param == 'in process':
        yield InProcess(app)
    else:
        server = HttpServer(app, 'api', '127.0.0.1', 0, 2)
        yield Remote(f'{server.url}/')
        server.stop()


def test_it_is_asked_with_token_version_and_body(door):
    rest = Rest(door, 'secret')
    said = rest.post('/echo/x', {'a': ['\u00fc']})
    assert said == {'method': 'POST', 'path': '/echo/x', 'query': {}, 'token': 'secret',
                    'version': 'infra-optim 1.7', 'body': {'a': ['\u00fc']}}
    assert rest.patch('/echo/x', [1])['body'] == [1]
    assert rest.put('/echo/x', {})['method'] == 'PUT'
    assert rest.delete('/echo/x') is None


def test_names_of_any_kind_arrive(door):
    name = 'h\u00f6st 1/?&=#%'
    said = Rest(door, None).get(f'/echo/{segment(name).replace("%2F", "")}', about=name, nothing=None)
    assert said['path'] == f'/echo/{name.replace("/", "")}'
    assert said['query'] == {'about': name}
    assert said['token'] is None


@pytest.mark.parametrize(('status', 'error'), [
    (400, Invalid), (401, SignedOut), (403, Forbidden), (404, NotFound), (409, Conflict), (418, Refused),
    (500, Unavailable), (503, Unavailable)])
def test_failures_are_ours(door, status, error):
    rest = Rest(door, None)
    with pytest.raises(error, match='so it is'):
        rest.get(f'/fails/{status}', told='yes')
    with pytest.raises(error, match=f'The API answered with status {status}'):
        rest.get(f'/fails/{status}')


def test_an_api_that_is_away_is_told_of():
    with pytest.raises(Unavailable, match=r'does not answer at http://127\.0\.0\.1:9 \(ConnectionError\)'):
        Remote('http://127.0.0.1:9').ask('GET', '/', None)
