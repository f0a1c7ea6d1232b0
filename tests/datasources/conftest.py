# SPDX-License-Identifier: Apache-2.0
"""A web server that gives the answers it was told to, and remembers what it was asked; a real Prometheus."""

import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.datasources import fake_gnocchi, real_prometheus
from tests.serving import served


@dataclass
class Script:
    """What is answered, in this order, the last one for ever; an answer is (status, JSON value or text)."""

    url: str = ''
    answers: deque = field(default_factory=deque)
    asked: list = field(default_factory=list)
    longer: int = 0             # bytes that are promised and don't come

    def answer(self, *answers):
        self.answers.extend(answers)

    def next(self):
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def script():
    told = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            form = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
            asked = {key: values[0] for key, values in parse_qs(url.query or form).items()}
            told.asked.append((url.path, asked, dict(self.headers)))
            status, body = told.next()
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header('Content-Length', str(len(data) + told.longer))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with served(Handler) as told.url:
        yield told


@pytest.fixture
def fake():
    """A Gnocchi of this test's own."""
    with fake_gnocchi.serving() as fake:
        yield fake


@pytest.fixture(scope='session')
def a_prometheus(tmp_path_factory):
    """Starts a Prometheus that knows the series of a text in OpenMetrics, and gives its URL."""
    with contextlib.ExitStack() as stack:
        yield lambda text: stack.enter_context(
            real_prometheus.running(text, tmp_path_factory.mktemp('prometheus')))
