# SPDX-License-Identifier: Apache-2.0
"""A service of the catalog is found and let into, or it is told why not."""

import pytest
from keystoneauth1.identity import Password
from keystoneauth1.session import Session

from watcher_py.core import document
from watcher_py.core.errors import NotFound, Refused, Unavailable
from watcher_py.datasources.asking import Passing
from watcher_py.datasources.catalog_site import CatalogSite
from watcher_py.sim.faults import Kind
from watcher_py.sim.server import Cloud


@pytest.fixture(scope='module')
def cloud():
    empty = {'format': 'watcher-cluster', 'version': 1, 'hosts': [], 'instances': []}
    with Cloud(document.read(empty)) as cloud:
        yield cloud


@pytest.fixture
def session(cloud):
    return Session(Password(**cloud.credentials('watcher')))


def _site(session, service_type='metric-storage', **more):
    return CatalogSite('aetos', service_type, lambda: session, **more)


def _ask(site):
    return site.send('GET', 'api/v1/query', params={'query': 'up'})


@pytest.mark.parametrize('interface', ['public', 'internalURL'])
def test_it_is_found_by_its_type_and_asked_with_a_token(session, interface):
    assert _ask(_site(session, interface=interface, region_name='RegionOne')).json()['status'] == 'success'


def test_a_token_that_has_expired_is_renewed(cloud, session):
    site = _site(session)
    _ask(site)
    cloud.identity.revoke(session.get_token())
    assert _ask(site).status_code == 200


def test_a_refusal_is_an_answer(cloud, session):
    cloud.faults.break_path('/aetos', status=403)
    assert _ask(_site(session)).status_code == 403


@pytest.mark.parametrize(('where', 'told'), [
    ({'service_type': 'metric'}, r'no aetos \(service type metric\) with interface public'),
    ({'region_name': 'North'}, r'no aetos \(service type metric-storage\) in region North'),
], ids=['type', 'region'])
def test_a_service_that_the_catalog_lacks_is_not_found(session, where, told):
    with pytest.raises(NotFound, match=told):
        _ask(_site(session, **where))


def test_a_password_that_keystone_refuses_is_told(cloud):
    session = Session(Password(**{**cloud.credentials('watcher'), 'password': 'wrong'}))
    with pytest.raises(Refused, match='Keystone refuses'):
        _ask(_site(session))


def test_who_takes_too_long_is_told(cloud, session):
    session.get_token()
    cloud.faults.hang_path('/aetos', seconds=30)
    with pytest.raises(Unavailable, match=r'^aetos .*: no answer within 0\.05 s$'):
        _ask(_site(session, timeout=0.05))


@pytest.mark.parametrize('path', ['/aetos', '/identity'])
def test_an_answer_that_does_not_come_may_come_at_the_next_try(cloud, session, path):
    cloud.faults.strike(path, Kind.REFUSED)
    with pytest.raises(Passing, match='no answer'):
        _ask(_site(session))
