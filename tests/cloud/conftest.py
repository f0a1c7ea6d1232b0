# SPDX-License-Identifier: Apache-2.0
"""A cloud of one web server that says what it was told to say, and remembers what it was asked."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session
from openstack.connection import Connection

from tests.serving import served


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
    """Answers by method and path, in order, the last for ever.

    An answer is (status, JSON value or text) or (status, the same, headers); or a function that makes one
    of what was asked. Headers may lie about the length; status 0 closes the connection without a word.
    """

    url: str = ''
    newest: str = '2.100'
    about: tuple | None = None          # the version document, if not the true one
    answers: dict = field(default_factory=dict)
    log: list = field(default_factory=list)

    def answer(self, route, *answers):
        self.answers.setdefault(route, []).extend(answers)

    @property
    def asked(self):
        return [one for one in self.log if one.path != '/']

    def next(self, asked):
        if asked.path == '/':
            return self.about or (200, {'version': {'id': 'v2.1', 'status': 'CURRENT', 'min_version': '1.0',
                                     'version': self.newest, 'links': [{'rel': 'self', 'href': self.url}]}})
        left = self.answers.get(f'{asked.method} {asked.path}', [(404, 'no such route')])
        answer = left.pop(0) if len(left) > 1 else left[0]
        return answer(asked) if callable(answer) else answer

    def connection(self):
        return Connection(session=Session(auth=NoAuth(endpoint=self.url)))


def _handler(script):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        disable_nagle_algorithm = True

        def answer(self):
            url = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            asked = Asked(self.command, url.path,
                          {key: values[0] for key, values in parse_qs(url.query).items()},
                          json.loads(sent) if sent else None, dict(self.headers))
            script.log.append(asked)
            status, body, *headers = script.next(asked)
            if not status:
                self.close_connection = True
                return
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in ({'Content-Type': 'application/json', 'Content-Length': len(data)}
                                | dict(*headers)).items():
                self.send_header(name, str(value))
            # Who waits no longer has hung up.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *_):
            pass
    return Handler


@pytest.fixture
def script():
    told = Script()
    with served(_handler(told)) as told.url:
        yield told
