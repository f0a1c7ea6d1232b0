# SPDX-License-Identifier: Apache-2.0
"""Microversions of /v1: which one a request is served as, and what an answer says about it."""

import re
from typing import Any, NamedTuple

import falcon

from watcher_py.api.errors import NotAcceptable

SERVICE = 'infra-optim'
HEADER = 'OpenStack-API-Version'


class Version(NamedTuple):
    """A microversion; they compare by age."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f'{self.major}.{self.minor}'


MIN = Version(1, 0)
START_AND_END_TIME = Version(1, 1)
DATA_MODEL = Version(1, 3)
WEBHOOKS = Version(1, 4)
SKIP_ACTION = STATUS_MESSAGE = Version(1, 5)
EXTENDED_DATA_MODEL = Version(1, 6)
DEFAULT_PARAMETERS = MAX = Version(1, 7)

RANGE = {'OpenStack-API-Minimum-Version': str(MIN), 'OpenStack-API-Maximum-Version': str(MAX)}


class Negotiation:
    """Falcon middleware that settles the version of each request to /v1."""

    def process_resource(self, req: falcon.Request, resp: falcon.Response, resource: object,
                         params: dict[str, Any]) -> None:
        if not req.path.startswith('/v1'):
            return
        asked = _asked(req.get_header(HEADER) or '')
        resp.set_header('Vary', HEADER)
        for name, value in RANGE.items():
            resp.set_header(name, value)
        if not MIN <= asked <= MAX:
            raise falcon.HTTPNotAcceptable(
                description=f'Version {asked} was requested but the supported range is [{MIN}, {MAX}]')
        req.context.version = asked
        resp.set_header(HEADER, f'{SERVICE} {asked}')


def require(req: falcon.Request, version: Version, what: str) -> None:
    """Raise NotAcceptable when the request is served as an older version."""
    if req.context.version < version:
        raise NotAcceptable(f'{what} needs API version {version}; this request is served as '
                            f'{req.context.version}')


def _asked(header: str) -> Version:
    """What can't be understood is served as the oldest version, as ever."""
    word = _for_us(header)
    if word == 'latest':
        return MAX
    if not re.fullmatch(r'\d{1,9}(\.\d{1,9})*', word, re.ASCII):
        return MIN
    numbers = [int(number) for number in word.split('.')]
    if len(numbers) > 2:
        raise falcon.HTTPNotAcceptable(description=f'{word} is no API version; one looks like {MAX}')
    return Version(numbers[0], numbers[1] if len(numbers) == 2 else 0)


def _for_us(header: str) -> str:
    """The version in 'compute 2.1, infra-optim 1.5' that is meant for this service; '' when none is."""
    for entry in header.split(','):
        service, _, version = entry.strip().partition(' ')
        if service == SERVICE:
            return version.strip()
    return ''
