# SPDX-License-Identifier: Apache-2.0
"""Keystone: a token for a password, and its end."""

import logging
from dataclasses import dataclass
from typing import Any

import requests

from watcher_py.core.errors import Unavailable
from watcher_py.dashboard.rest import Forbidden

LOG = logging.getLogger(__name__)
TOKENS = '/auth/tokens'


@dataclass(frozen=True)
class Credentials:
    user: str
    password: str
    user_domain: str
    project: str
    project_domain: str

    def __repr__(self) -> str:
        return f'Credentials of {self.user}'

    def body(self) -> dict[str, Any]:
        user = {'name': self.user, 'domain': {'name': self.user_domain}, 'password': self.password}
        project = {'name': self.project, 'domain': {'name': self.project_domain}}
        return {'auth': {'identity': {'methods': ['password'], 'password': {'user': user}},
                         'scope': {'project': project}}}


class Keystone:
    def __init__(self, url: str, timeout: float, ca: str | bool):
        self._url = url.rstrip('/') if url.rstrip('/').endswith('/v3') else f'{url.rstrip("/")}/v3'
        self._timeout = timeout
        self._ca = ca

    def token(self, given: Credentials) -> str:
        """A new one; Forbidden where Keystone says no, Unavailable where it says nothing of use."""
        answer = self._ask('POST', json=given.body(), params={'nocatalog': ''})
        if answer.status_code in (400, 401, 403, 404):
            LOG.info('Keystone let a user not log in to the console (%d)', answer.status_code)
            raise Forbidden('Keystone does not know this user with this password, project and domain.')
        token = answer.headers.get('X-Subject-Token')
        if not answer.ok or not token:
            raise Unavailable(f'Keystone answered with status {answer.status_code} and gave no token.')
        return token

    def revoke(self, token: str) -> None:
        """Whether Keystone hears of it or not: the browser forgets the token in any case."""
        try:
            answer = self._ask('DELETE', headers={'X-Auth-Token': token, 'X-Subject-Token': token})
        except Unavailable as error:
            LOG.warning('A token could not be revoked at logout: %s', error)
            return
        if answer.status_code not in (204, 401, 404):
            LOG.warning('Keystone did not revoke a token at logout (%d)', answer.status_code)

    def _ask(self, method: str, **rest: Any) -> requests.Response:
        try:
            return requests.request(
                method, self._url + TOKENS, timeout=self._timeout, verify=self._ca, **rest)
        except requests.RequestException as error:
            raise Unavailable(f'Keystone does not answer at {self._url} ({type(error).__name__}).') from None
