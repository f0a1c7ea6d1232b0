# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on the way to the cloud becomes one of our own few errors."""

import pytest
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session
from openstack.connection import Connection

from watcher_py.cloud.endpoint import Endpoint
from watcher_py.core.errors import NotFound, Refused, Unavailable


@pytest.fixture
def nova(script):
    return Endpoint(script.connection(), 'compute', 'Nova', (2, 56), (2, 96), tries=3, interval=0.001)


@pytest.mark.parametrize(('offered', 'spoken'), [('2.56', (2, 56)), ('2.88', (2, 88)), ('2.100', (2, 96))])
def test_the_newest_microversion_that_both_know_is_spoken(script, nova, offered, spoken):
    script.newest = offered
    script.answer('GET /x', (200, {}))
    nova.get('/x')
    assert nova.version == spoken
    assert script.asked[0].headers['OpenStack-API-Version'] == f'compute {spoken[0]}.{spoken[1]}'


def test_a_service_too_old_is_told(script, nova):
    script.newest = '2.9'
    with pytest.raises(Unavailable, match=r'Nova offers microversion 2\.9, 2\.56 or newer is needed'):
        nova.get('/x')


@pytest.mark.parametrize(('status', 'body', 'kind', 'said'), [
    (404, {'itemNotFound': {'code': 404, 'message': 'Instance x could not be found.'}}, NotFound,
     'Nova: Instance x could not be found.'),
    (400, {'badRequest': {'message': 'No valid host was found. '}}, Refused, 'No valid host was found'),
    (403, {'forbidden': {'message': 'Policy does not allow it'}}, Refused, 'Policy does not allow it'),
    (409, {'conflictingRequest': {'message': 'locked'}}, Refused, 'locked'),
    (409, {'errors': [{'status': 409, 'detail': 'generation conflict'}]}, Refused, 'generation conflict'),
    (413, 'too much', Refused, 'HTTP 413'),
    (401, {'error': {'message': 'log in'}}, Unavailable, 'log in'),
    (500, {'computeFault': {'message': 'Unexpected API Error.'}}, Unavailable, 'Unexpected API Error'),
    (503, '<html>', Unavailable, 'HTTP 503'),
    (599, ['odd'], Unavailable, 'HTTP 599'),
])
def test_each_no_has_its_error_and_the_clouds_own_words(script, nova, status, body, kind, said):
    script.answer('POST /x', (status, body))
    with pytest.raises(kind, match=said):
        nova.post('/x', {})


def test_what_is_no_json_is_told(script, nova):
    script.answer('GET /x', (200, '<html>welcome</html>'))
    with pytest.raises(Unavailable, match='not JSON'):
        nova.get('/x')


def test_a_read_is_tried_again_while_the_service_fails(script, nova):
    script.answer('GET /x', (500, ''), (503, ''), (200, {'a': 1}))
    assert nova.get('/x') == {'a': 1}


def test_a_read_is_given_up_after_the_last_try(script, nova):
    script.answer('GET /x', (503, ''))
    with pytest.raises(Unavailable):
        nova.get('/x')
    assert len(script.asked) == 3


@pytest.mark.parametrize('change', [
    lambda nova: nova.post('/x', {}), lambda nova: nova.put('/x', {}), lambda nova: nova.delete('/x')])
def test_a_change_is_sent_once(script, nova, change):
    for method in ('POST', 'PUT', 'DELETE'):
        script.answer(f'{method} /x', (503, ''))
    with pytest.raises(Unavailable):
        change(nova)
    assert len(script.asked) == 1


def test_nobody_there_is_unavailable():
    nowhere = Connection(session=Session(auth=NoAuth(endpoint='http://127.0.0.1:1')))
    with pytest.raises(Unavailable, match='Nova'):
        Endpoint(nowhere, 'compute', 'Nova', (2, 56), (2, 96), tries=1).get('/x')


def test_all_pages_of_a_list_are_read_in_order(script, nova):
    more = {'things_links': [{'rel': 'next', 'href': 'anywhere'}]}
    script.answer('GET /things', (200, {'things': [{'id': 1}, {'id': 2}], **more}),
                  (200, {'things': [{'id': 3}], **more}), (200, {'things': []}))
    assert [row['id'] for row in nova.every('/things', 'things', host='a')] == [1, 2, 3]
    assert [one.query for one in script.asked] == [
        {'host': 'a', 'limit': '1000'}, {'host': 'a', 'limit': '1000', 'marker': '2'},
        {'host': 'a', 'limit': '1000', 'marker': '3'}]


def test_a_list_that_never_ends_is_told(script, nova):
    script.answer('GET /things', (200, {'things': [{'id': 1}], 'things_links': [{'rel': 'next'}]}))
    with pytest.raises(Unavailable, match='the same one'):
        list(nova.every('/things', 'things'))
