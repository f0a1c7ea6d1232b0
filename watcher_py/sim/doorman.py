# SPDX-License-Identifier: Apache-2.0
"""Every request's token and microversion, looked at before its resource is."""

import re
import uuid

import falcon

from watcher_py.sim.identity import Identity, caller_of
from watcher_py.sim.records import Caller

NOVA = ('compute', 1, 100, 2)           # the name in the header, oldest minor, newest, major
PLACEMENT = ('placement', 0, 39, 1)
CINDER = ('volume', 0, 71, 3)
IRONIC = ('baremetal', 1, 87, 1)
GUARDED = ('/compute', '/placement', '/volume', '/baremetal', '/aetos')
_ASKED = re.compile(r'(\d+)\.(\d+)')


class Doorman:
    """Falcon middleware: sets `caller`, `minor` (of the microversion) and `page` in the request's context."""

    def __init__(self, identity: Identity, page: int):
        self._identity = identity
        self._page = page

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        req.context.request_id = f'req-{uuid.uuid4()}'
        req.context.page = self._page
        resp.set_header('X-Openstack-Request-Id', req.context.request_id)
        if req.path.startswith('/compute'):
            resp.set_header('X-Compute-Request-Id', req.context.request_id)
            _negotiate(req, resp, NOVA, req.get_header('X-OpenStack-Nova-API-Version'))
        elif req.path.startswith('/placement'):
            _negotiate(req, resp, PLACEMENT, None)
        elif req.path.startswith('/volume'):
            _negotiate(req, resp, CINDER, None)
        elif req.path.startswith('/baremetal'):
            _negotiate(req, resp, IRONIC, req.get_header('X-OpenStack-Ironic-API-Version'))

    def process_resource(self, req: falcon.Request, resp: falcon.Response, resource: object,
                         params: dict[str, str]) -> None:
        if getattr(resource, 'is_open', False) or not req.path.startswith(GUARDED):
            return
        token = self._identity.token(req.get_header('X-Auth-Token'))
        if token is None:
            raise falcon.HTTPUnauthorized(
                description='The request you have made requires authentication.',
                challenges=[f'Keystone uri="{req.prefix}/identity"'])
        req.context.caller = caller_of(token, req.context.request_id)
        if req.path.startswith('/placement') and not req.context.caller.roles & {'admin', 'service'}:
            raise falcon.HTTPForbidden(description='Access was denied to this resource.')


def caller(req: falcon.Request) -> Caller:
    found: Caller = req.context.caller
    return found


def need_admin(req: falcon.Request, policy: str) -> None:
    if not caller(req).is_admin:
        raise falcon.HTTPForbidden(description=f"Policy doesn't allow {policy} to be performed.")


def minor(req: falcon.Request) -> int:
    """Of the microversion that the request is answered in."""
    number: int = req.context.minor
    return number


def _negotiate(req: falcon.Request, resp: falcon.Response, of: tuple[str, int, int, int],
               legacy: str | None) -> None:
    name, oldest, newest, major = of
    asked = req.get_header('OpenStack-API-Version')
    if asked is not None:
        kind, _, asked = asked.strip().partition(' ')
        asked = asked.strip() if kind == name else None
    asked = asked or legacy
    req.context.minor = _minor(asked, oldest, newest, major)
    resp.set_header('OpenStack-API-Version', f'{name} {major}.{req.context.minor}')
    if name == 'compute':
        resp.set_header('X-OpenStack-Nova-API-Version', f'{major}.{req.context.minor}')
    if name == 'baremetal':
        for what, number in (('Version', req.context.minor), ('Minimum-Version', oldest),
                             ('Maximum-Version', newest)):
            resp.set_header(f'X-OpenStack-Ironic-API-{what}', f'{major}.{number}')
    resp.append_header('Vary', 'OpenStack-API-Version')


def _minor(asked: str | None, oldest: int, newest: int, major: int) -> int:
    if asked is None:
        return oldest
    if asked == 'latest':
        return newest
    match = _ASKED.fullmatch(asked)
    if match is None:
        raise falcon.HTTPBadRequest(
            description=f'API Version String {asked} is of invalid format. '
                        'Must be of format MajorNum.MinorNum.')
    number = int(match[2])
    if int(match[1]) != major or not oldest <= number <= newest:
        raise falcon.HTTPNotAcceptable(
            description=f'Version {asked} is not supported by the API. Minimum is {major}.{oldest} '
                        f'and maximum is {major}.{newest}.')
    return number
