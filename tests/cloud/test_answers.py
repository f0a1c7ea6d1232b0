# SPDX-License-Identifier: Apache-2.0
"""Each no has its error, in the service's own words."""

import json

import pytest
from requests import Response

from watcher_py.cloud.answers import LONGEST_PAUSE, Passing, object_of, refusal
from watcher_py.core.errors import NotFound, Refused, Unavailable


def _response(status, body, **headers):
    response = Response()
    response.status_code, response.reason = status, 'Reason'
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    response.headers.update(headers)
    return response


@pytest.mark.parametrize(('status', 'body', 'kind', 'said'), [
    (404, {'itemNotFound': {'code': 404, 'message': 'Instance x could not be found.'}}, NotFound,
     'Nova: Instance x could not be found.'),
    (400, {'badRequest': {'message': 'No valid host was found. '}}, Refused, 'No valid host was found'),
    (403, {'forbidden': {'message': 'Policy does not allow it'}}, Refused, 'Policy does not allow it'),
    (409, {'conflictingRequest': {'message': 'locked'}}, Refused, 'locked'),
    (409, {'errors': [{'status': 409, 'detail': 'generation conflict'}]}, Refused, 'generation conflict'),
    (400, {'error_message': json.dumps({'faultcode': 'Client', 'faultstring': 'Node is locked.'})}, Refused,
     'Node is locked.'),
    (400, {'error_message': 'not {JSON'}, Refused, 'HTTP 400'),
    (413, 'too much', Refused, 'HTTP 413'),
    (429, {'overLimit': {'message': 'slow down'}}, Unavailable, 'slow down'),
    (400, {'errors': 'odd', 'more': 7}, Refused, 'HTTP 400'),
    (401, {'error': {'message': 'log in'}}, Unavailable, 'log in'),
    (500, {'computeFault': {'message': 'Unexpected API Error.'}}, Unavailable, 'Unexpected API Error'),
    (503, '<html>', Unavailable, 'HTTP 503'),
    (599, ['odd'], Unavailable, 'HTTP 599'),
])
def test_each_no_has_its_error_and_the_services_own_words(status, body, kind, said):
    error = refusal('Nova', _response(status, body))
    assert isinstance(error, kind)
    assert str(error).startswith('Nova: ')
    assert said in str(error)


@pytest.mark.parametrize(('status', 'passes'), [
    (401, False), (404, False), (409, False), (501, False),
    (429, True), (500, True), (502, True), (503, True), (504, True)])
def test_what_may_pass_is_told_apart(status, passes):
    assert isinstance(refusal('Nova', _response(status, '')), Passing) == passes


@pytest.mark.parametrize(('asked', 'pause'), [
    ('7', 7), ('100000', LONGEST_PAUSE), ('-1', 0), ('Wed, 21 Oct 2026 07:28:00 GMT', 0)])
def test_a_pause_is_as_long_as_asked_for_within_reason(asked, pause):
    assert refusal('Nova', _response(503, '', **{'Retry-After': asked})).pause == pause


def test_an_object_is_given_as_it_is():
    assert object_of('Nova', '/x', _response(200, {'a': []}), 'a', list) == {'a': []}
    assert object_of('Nova', '/x', _response(200, {}), '', object) == {}


@pytest.mark.parametrize('body', ['', 'null', '[]', '{"a"', '"a"', '{}', '{"a": {}}', '[' * 100_000, '\\xff'],
                         ids=lambda body: body[:9])
def test_what_is_no_such_object_may_be_one_the_next_time(body):
    with pytest.raises(Passing, match='Nova answered'):
        object_of('Nova', '/x', _response(200, body), 'a', list)
