# SPDX-License-Identifier: Apache-2.0
"""A monitoring system at an address: TLS, a password, a bearer token."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.datasources.asking import Passing, reason

CONNECT_WITHIN = 10         # seconds


@dataclass(frozen=True)
class Access:
    """How we are let in: by nothing, a password, a bearer token, certificates."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    bearer_file: str | None = None          # read at each question: such tokens are renewed
    cafile: str | None = None
    certfile: str | None = None
    keyfile: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class WebSite:
    """A service at `url`, which may have a path."""

    service: str
    url: str
    access: Access = Access()
    timeout: float | None = 120             # seconds; None: without end. Prometheus itself gives up at 120

    @property
    def name(self) -> str:
        return f'{self.service} at {self.url}'

    def send(self, method: str, path: str, **how: Any) -> requests.Response:
        access = self.access
        try:
            return requests.request(
                method, f'{self.url.rstrip("/")}/{path}', auth=_auth(access), verify=access.cafile or True,
                cert=_certificate(access), timeout=(CONNECT_WITHIN, self.timeout), **how)
        except requests.ReadTimeout as error:
            raise Unavailable(f'{self.name}: no answer within {self.timeout:g} s') from error
        except requests.RequestException as error:
            raise Passing(f'no answer: {reason(error)}') from error
        except OSError as error:
            # What is left is ours: a certificate or a bundle that isn't there.
            raise Invalid(f'{self.name} can\'t be asked: {error}') from error


class _Bearer(AuthBase):
    """As an object and not a header: requests would rather take what ~/.netrc says."""

    def __init__(self, token: str):
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers['Authorization'] = f'Bearer {self._token}'
        return request


def _auth(access: Access) -> AuthBase | None:
    if access.username:
        return HTTPBasicAuth(access.username, access.password or '')
    token = _token_in(access.bearer_file) if access.bearer_file else access.bearer
    return _Bearer(token) if token else None


def _token_in(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f'the bearer token in {path} can\'t be read: {reason(error)}') from error


def _certificate(access: Access) -> str | tuple[str, str] | None:
    if access.certfile and access.keyfile:
        return access.certfile, access.keyfile
    return access.certfile
