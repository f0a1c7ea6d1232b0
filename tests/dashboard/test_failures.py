# SPDX-License-Identifier: Apache-2.0
"""What goes wrong is a page with a sentence, and nothing of the insides."""

import falcon
import pytest
from falcon.testing import TestClient

from watcher_py.core.errors import Unavailable
from watcher_py.dashboard.app import make_console
from watcher_py.dashboard.door import Answer
from watcher_py.dashboard.settings import Settings


class Door:
    """An API with one answer for all, or one failure."""

    def __init__(self, said):
        self.said = said

    def ask(self, method, path, token, body=None):
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@pytest.fixture
def asks():
    """The page of audits at such an API."""
    def ask(said, path='/audits', **rest):
        return TestClient(make_console(Door(said), Settings(asks_for_login=False))).simulate_get(path, **rest)

    return ask


@pytest.mark.parametrize(('said', 'status', 'sentence'), [
    (Unavailable('The API does not answer'), 503, 'The API does not answer'),
    (ZeroDivisionError('of secrets'), 500, 'The log of the API tells why'),
    (Answer(500, None), 503, 'The API answered with status 500'),
    (Answer(409, None), 409, 'Not in this state'),
    (Answer(200, {'audits': 'nonsense'}), 500, 'The log of the API tells why')])
def test_a_failure_is_a_page_of_its_own(asks, said, status, sentence):
    page = asks(said)
    assert page.status_code == status
    assert sentence in page.text
    assert '<title>' in page.text
    assert 'secrets' not in page.text
    assert 'Traceback' not in page.text


def test_what_is_not_there_is_said_in_text(asks):
    page = asks(Answer(200, {}), '/<script>alert(1)</script>')
    assert page.status_code == 404
    assert 'There is no page' in page.text
    assert '<script>alert' not in page.text


def test_a_method_that_is_not_meant_is_refused(asks):
    assert asks(Answer(200, {}), '/login').status_code == 303
    assert TestClient(make_console(Door(None), Settings())).simulate_get('/logout').status == falcon.HTTP_405


def test_who_is_let_do_nothing_is_told_so(asks):
    page = asks(Answer(200, {'user': 'x', 'allowed': [], 'strategies': []}), '/audits/new')
    assert page.status_code == 403
    assert 'the policy lets you see nothing here' in page.text
    assert '<nav' not in page.text
