# SPDX-License-Identifier: Apache-2.0
"""A cloud of one web server that says what it was told to say, and remembers what it was asked."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session
from openstack.connection import Connection


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict
    body: dict | None
    headers: dict


@dataclass
class Script:
    """Answers by method and path, in order, the last for ever; an answer is (status, JSON value or text)."""

    url: str = ''
    newest: str = '2.96'
    answers: dict = field(default_factory=dict)
    log: list = field(default_factory=list)

    def answer(self, route, *answers):
        self.answers.setdefault(route, []).extend(answers)

    @property
    def asked(self):
        return [one for one in self.log if one.path != '/']

    def next(self, asked):
        if asked.path == '/':
            return 200, {'version': {'id': 'v2.1', 'status': 'CURRENT', 'min_version': '1.0',
                                     'version': self.newest, 'links': [{'rel': 'self', 'href': self.url}]}}
        left = self.answers.get(f'{asked.method} {asked.path}', [(404, 'no such route')])
        return left.pop(0) if len(left) > 1 else left[0]

    def connection(self):
        return Connection(session=Session(auth=NoAuth(endpoint=self.url)))


def _handler(script):
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            url = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            asked = Asked(self.command, url.path,
                          {key: values[0] for key, values in parse_qs(url.query).items()},
                          json.loads(sent) if sent else None, dict(self.headers))
            script.log.append(asked)
            status, body = script.next(asked)
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *_):
            pass
    return Handler


@pytest.fixture
def script():
    told = Script()
    with ThreadingHTTPServer(('127.0.0.1', 0), _handler(told)) as server:
        told.url = f'http://127.0.0.1:{server.server_port}'
        thread = Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
        thread.start()
        yield told
        server.shutdown()
        thread.join()
