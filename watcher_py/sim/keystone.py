# SPDX-License-Identifier: Apache-2.0
"""Keystone's part: tokens, their validation, and the catalog."""

from typing import Any

import falcon

from watcher_py.sim.clock import iso, iso_micro
from watcher_py.sim.identity import PASSWORD, Identity, Token, User, hex_id

DOMAIN = {'id': 'default', 'name': 'Default'}
REGION = 'RegionOne'
Services = tuple[tuple[str, str, str], ...]     # type, name, path
SERVICES: Services = (
    ('identity', 'keystone', '/identity/v3'), ('compute', 'nova', '/compute/v2.1'),
    ('placement', 'placement', '/placement'), ('metric-storage', 'aetos', '/aetos'))
# Offered by a cloud that has such things.
CINDER = ('block-storage', 'cinder', '/volume/v3/{project}')
IRONIC = ('baremetal', 'ironic', '/baremetal')
_UNKNOWN = 'The request you have made requires authentication.'


class Versions:
    """What clients look at first."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = falcon.HTTP_300
        resp.media = {'versions': {'values': [_version(req)]}}

    def on_get_v3(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'version': _version(req)}


class Tokens:
    """/v3/auth/tokens."""

    def __init__(self, identity: Identity, services: Services = SERVICES):
        self._identity = identity
        self._services = services

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        wanted = req.get_media().get('auth', {})
        user, method = self._authenticated(wanted.get('identity', {}))
        _check_scope(user, wanted.get('scope'))
        token = self._identity.issue(user, method)
        resp.status = falcon.HTTP_201
        self._answer(req, resp, token)

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._answer(req, resp, self._subject(req))

    def on_head(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('X-Subject-Token', self._subject(req).id)

    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._identity.revoke(self._subject(req).id)
        resp.status = falcon.HTTP_204

    def _authenticated(self, identity: dict[str, Any]) -> tuple[User, str]:
        methods = identity.get('methods', [])
        if 'token' in methods:
            token = self._identity.token(identity.get('token', {}).get('id'))
            if token is not None:
                return token.user, 'token'
        if 'password' in methods:
            given = identity.get('password', {}).get('user', {})
            user = self._identity.user(given.get('id') or given.get('name') or '')
            if user is not None and given.get('password') == PASSWORD:
                return user, 'password'
        raise falcon.HTTPUnauthorized(description=_UNKNOWN)

    def _subject(self, req: falcon.Request) -> Token:
        if self._identity.token(req.get_header('X-Auth-Token')) is None:
            raise falcon.HTTPUnauthorized(description=_UNKNOWN)
        token = self._identity.token(req.get_header('X-Subject-Token'))
        if token is None:
            raise falcon.HTTPNotFound(description='Could not find token.')
        return token

    def _answer(self, req: falcon.Request, resp: falcon.Response, token: Token) -> None:
        resp.set_header('X-Subject-Token', token.id)
        resp.set_header('Vary', 'X-Auth-Token')
        resp.media = {'token': _body(token) | (
            {} if 'nocatalog' in req.params else {'catalog': _catalog(req, self._services, token.user)})}


def _check_scope(user: User, scope: Any) -> None:
    if not isinstance(scope, dict) or 'project' not in scope:
        return
    project = scope['project']
    if (project.get('id', user.project_id), project.get('name', user.project)) != (
            user.project_id, user.project):
        raise falcon.HTTPUnauthorized(description=_UNKNOWN)


def _body(token: Token) -> dict[str, Any]:
    user = token.user
    return {
        'methods': [token.method], 'audit_ids': [token.id[:22]], 'is_domain': False,
        'issued_at': iso_micro(token.issued) + 'Z', 'expires_at': iso_micro(token.expires) + 'Z',
        'user': {'id': user.id, 'name': user.name, 'domain': DOMAIN, 'password_expires_at': None},
        'project': {'id': user.project_id, 'name': user.project, 'domain': DOMAIN},
        'roles': [{'id': hex_id('role', role), 'name': role} for role in user.roles],
    }


def _catalog(req: falcon.Request, services: Services, user: User) -> list[dict[str, Any]]:
    return [{'type': kind, 'name': name, 'id': hex_id('service', name), 'endpoints': [
        {'id': hex_id('endpoint', name, interface), 'interface': interface, 'region': REGION,
         'region_id': REGION, 'url': req.prefix + path.format(project=user.project_id)}
        for interface in ('public', 'internal', 'admin')]} for kind, name, path in services]


def _version(req: falcon.Request) -> dict[str, Any]:
    return {'id': 'v3.14', 'status': 'stable', 'updated': iso(1586217600),
            'links': [{'rel': 'self', 'href': f'{req.prefix}/identity/v3/'}],
            'media-types': [{'base': 'application/json',
                             'type': 'application/vnd.openstack.identity-v3+json'}]}
