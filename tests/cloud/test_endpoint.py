# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on the way to the cloud becomes one of our own few errors."""

from threading import Event

import pytest
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session
from openstack.connection import Connection

from watcher_py.cloud.answers import LONGEST_PAUSE
from watcher_py.cloud.endpoint import PAGE, Endpoint
from watcher_py.cloud.session import connect_with
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


@pytest.mark.parametrize(('status', 'kind'), [(404, NotFound), (409, Refused), (500, Unavailable)])
def test_a_no_is_told_in_the_services_own_words(script, nova, status, kind):
    script.answer('POST /x', (status, {'anyError': {'message': 'because'}}))
    with pytest.raises(kind, match='Nova: because'):
        nova.post('/x', {})


# What may be over when it is asked again: the service itself, what stands before it, the way there.
PASSING = {
    'failure': (500, ''), 'gateway': (502, '<html>'), 'busy': (503, ''), 'late': (504, ''),
    'too many': (429, {'overLimit': {'message': 'slow down'}}), 'no JSON': (200, '<html>welcome</html>'),
    'cut JSON': (200, '{"things": [{"id'), 'deep JSON': (200, '[' * 100_000), 'list': (200, [{'things': []}]),
    'null': (200, None), 'no key': (200, {'message': 'OK'}), 'wrong key': (200, {'things': {}}),
    'closed': (0, ''), 'half a body': (200, '{"thin', {'Content-Length': 4000, 'Connection': 'close'}),
    'chunks that end': (200, '5\r\n{"thi', {'Transfer-Encoding': 'chunked', 'Connection': 'close'}),
    'not gzip': (200, '{"things": []}', {'Content-Encoding': 'gzip'}),
}


@pytest.mark.parametrize('wrong', sorted(PASSING))
def test_a_read_is_tried_again_while_the_answer_is_none(script, nova, wrong):
    script.answer('GET /things', PASSING[wrong], PASSING[wrong], (200, {'things': [1]}))
    assert list(nova.rows('/things', 'things')) == [1]


@pytest.mark.parametrize('wrong', sorted(PASSING))
def test_a_read_is_given_up_after_the_last_try(script, nova, wrong):
    script.answer('GET /things', PASSING[wrong])
    with pytest.raises(Unavailable, match='Nova'):
        list(nova.rows('/things', 'things'))
    assert len(script.asked) == 3


def test_an_answer_that_does_not_come_in_time_is_none(script):
    connection, over = script.connection(), Event()
    connection.session.timeout = 0.05
    nova = Endpoint(connection, 'compute', 'Nova', (2, 56), (2, 96), tries=2, interval=0.001)
    script.answer('GET /x', lambda _: (over.wait(10), (200, {}))[1])
    assert nova.version
    with pytest.raises(Unavailable, match='timed out'):
        nova.get('/x')
    over.set()
    assert len(script.asked) == 2


def test_a_service_is_given_the_pause_that_it_asks_for(script, monkeypatch):
    pauses = []
    monkeypatch.setattr('time.sleep', pauses.append)
    for asked in ('7', '100000', 'Wed, 21 Oct 2026 07:28:00 GMT'):
        script.answer('GET /x', (503, '', {'Retry-After': asked}))
    script.answer('GET /x', (200, {}))
    Endpoint(script.connection(), 'compute', 'Nova', (2, 56), (2, 96), tries=4, interval=2).get('/x')
    assert pauses == [7, LONGEST_PAUSE, 2]


@pytest.mark.parametrize('about', [(500, ''), (200, '<html>'), (200, []), (200, None), (200, {}), (0, ''),
                                   (200, {'version': {}}), (200, {'versions': [{}]})], ids=str)
def test_a_version_document_that_makes_no_sense_is_not_believed_for_good(script, nova, about):
    script.answer('GET /x', (200, {}))
    script.about = about
    with pytest.raises(Unavailable, match='Nova'):
        nova.get('/x')
    script.about = None
    assert nova.get('/x') == {}
    assert nova.version == (2, 96)


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


def test_a_page_that_is_full_is_not_taken_for_the_last_though_it_has_no_link(script, nova):
    script.answer('GET /things', (200, {'things': [{'id': number} for number in range(PAGE)]}),
                  (200, {'things': []}))
    assert len(list(nova.every('/things', 'things'))) == PAGE
    assert script.asked[1].query['marker'] == str(PAGE - 1)


def test_a_list_goes_on_after_the_last_row_that_is_still_there(script, nova):
    def answer(asked):
        deleted, marker = {'3', '2'}, asked.query.get('marker')
        if marker is None:
            return 200, {'things': [{'id': '1'}, {'id': '2'}, {'id': '3'}], 'things_links': [{'rel': 'next'}]}
        if marker in deleted:
            return 400, {'badRequest': {'message': f'marker [{marker}] not found'}}
        return 200, {'things': [{'id': '4'}]}
    script.answer('GET /things', answer)
    assert [row['id'] for row in nova.every('/things', 'things')] == ['1', '2', '3', '4']


def test_a_list_of_which_the_end_can_not_be_found_again_breaks_off(script, nova):
    script.answer('GET /things', (200, {'things': [{'id': '1'}], 'things_links': [{'rel': 'next'}]}),
                  (400, {'badRequest': {'message': 'marker [1] not found'}}))
    with pytest.raises(Refused, match='marker'):
        list(nova.every('/things', 'things'))


@pytest.mark.parametrize('pages', [[[1]], [[1], [2], [1]], [[]], [[None]]], ids=str)
def test_a_list_that_never_ends_is_told(script, nova, pages):
    script.answer('GET /things', *[(200, {
        'things': [number and {'id': number} for number in page], 'things_links': [{'rel': 'next'}]})
        for page in pages])
    with pytest.raises(Unavailable, match='the same one'):
        list(nova.every('/things', 'things'))


def _token(script, **changes):
    endpoint = {'interface': 'public', 'region': 'r', 'url': script.url}
    token = {'expires_at': '2999-01-01T00:00:00.000000Z',
             'catalog': [{'type': 'compute', 'name': 'nova', 'endpoints': [endpoint]}], **changes}
    return 201, {'token': {key: value for key, value in token.items() if value is not None}}, {
        'X-Subject-Token': 'secret'}


@pytest.mark.parametrize('wrong', [{'catalog': None}, {'catalog': []}, {'catalog': [{}]}, {'catalog': 7},
                                   {'expires_at': None}, {'expires_at': 'soon'}], ids=str)
def test_a_token_that_makes_no_sense_is_not_kept(script, wrong):
    script.answer('POST /v3/auth/tokens', _token(script, **wrong), _token(script, **wrong), _token(script))
    script.answer('GET /x', (200, {}))
    nova = Endpoint(connect_with({
        'auth_url': f'{script.url}/v3', 'username': 'u', 'password': 'hidden', 'project_name': 'p',
        'user_domain_id': 'd', 'project_domain_id': 'd'}), 'compute', 'Nova', (2, 56), (2, 96), tries=1)
    for _ in range(2):
        with pytest.raises(Unavailable, match='Nova') as told:
            nova.get('/x')
        assert 'hidden' not in str(told.value)
    assert nova.get('/x') == {}
