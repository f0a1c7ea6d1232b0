# SPDX-License-Identifier: Apache-2.0
"""One question to Gnocchi, and its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import requests

from watcher_py.core.errors import Refused, Unavailable
from watcher_py.datasources.asking import USUAL, Patience, Site, answer, body, said

T = TypeVar('T')

# Without it complaints come as HTML.
_AS_JSON = {'Accept': 'application/json'}


@dataclass(frozen=True)
class Gate:
    """The way to Gnocchi's API of one version."""

    site: Site
    patience: Patience = USUAL
    version: str = '1'

    def get(self, path: str) -> requests.Response:
        return self._ask('GET', path)

    def post(self, path: str, params: Mapping[str, Any], json: Any) -> requests.Response:
        return self._ask('POST', path, params=params, json=json)

    def understood(self, response: requests.Response, understand: Callable[[Any], T]) -> T:
        """What is made of the answer's JSON; Unavailable when it is no answer, or not in Gnocchi's form."""
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f'{self.site.name}: {said(response)}')
        try:
            return understand(body(response))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise Unavailable(f'{self.site.name}: not an answer of Gnocchi') from error

    def _ask(self, method: str, path: str, **how: Any) -> requests.Response:
        response = answer(self.site, self.patience, method, f'v{self.version}/{path}',
                          headers=_AS_JSON, **how)
        if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Refused(f'{self.site.name}: {said(response)}')
        return response
