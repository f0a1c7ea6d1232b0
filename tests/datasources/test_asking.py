# SPDX-License-Identifier: Apache-2.0
"""What passes is tried again; what is said is passed on."""

import socket

import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.datasources.asking import Patience, answer, said
from watcher_py.datasources.web_site import WebSite


def _ask(url, tries=3, pause=lambda seconds: None):
    return answer(WebSite('prometheus', url), Patience(tries, 7, pause), 'GET', 'path')


def test_what_passes_is_tried_again(script):
    script.answer((503, 'busy'), (429, 'slow down'), (200, {'is': 'there'}))
    pauses = []
    assert _ask(script.url, pause=pauses.append).json() == {'is': 'there'}
    assert pauses == [7, 7]


@pytest.mark.parametrize('status', [200, 400, 401, 403, 404, 422])
def test_any_other_answer_is_one(script, status):
    script.answer((status, 'so'))
    assert _ask(script.url).status_code == status
    assert len(script.asked) == 1


def test_after_the_last_try_the_reason_is_told(script):
    script.answer((503, {'error': 'query timed out'}))
    with pytest.raises(Unavailable, match=r'^prometheus at http:.*: HTTP 503: query timed out$'):
        _ask(script.url)
    assert len(script.asked) == 3


def test_nobody_at_the_port_is_told_in_a_few_words():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))            # bound, and not listening
        with pytest.raises(Unavailable, match=r': no answer: Connection refused$'):
            _ask(f'http://127.0.0.1:{taken.getsockname()[1]}')


def test_who_may_not_try_does_not_ask(script):
    with pytest.raises(Unavailable, match='the number of tries is 0'):
        _ask(script.url, tries=0)
    assert script.asked == []


@pytest.mark.parametrize(('body', 'words'), [
    ({'status': 'error', 'error': 'parse error'}, 'parse error'),
    ({'code': 400, 'description': {'cause': 'no such metric'}}, "{'cause': 'no such metric'}"),
    ({'message': 'not yours'}, 'not yours'),
    ({}, 'Bad Request'), ([], 'Bad Request'), ('<html>', 'Bad Request'),
], ids=['error', 'description', 'message', 'nothing', 'list', 'page'])
def test_the_services_own_words_are_passed_on(script, body, words):
    script.answer((400, body))
    assert said(_ask(script.url)) == f'HTTP 400: {words}'
