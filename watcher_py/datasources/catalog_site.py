# SPDX-License-Identifier: Apache-2.0
"""A monitoring system of the cloud: found in Keystone's catalog, asked with a token of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from keystoneauth1 import exceptions
from keystoneauth1.session import Session

from watcher_py.core.errors import NotFound, Refused, Unavailable
from watcher_py.datasources.asking import Passing, reason


@dataclass(frozen=True)
class CatalogSite:
    """A service of the catalog; keystoneauth renews a token that the service no longer takes."""

    service: str
    service_type: str
    session: Callable[[], Session]
    interface: str = 'public'
    region_name: str | None = None
    timeout: float = 120                    # seconds

    @property
    def name(self) -> str:
        return f'{self.service} (service type {self.service_type})'

    def send(self, method: str, path: str, **how: Any) -> requests.Response:
        where = {'service_type': self.service_type, 'interface': self.interface,
                 'region_name': self.region_name}
        try:
            answer: requests.Response = self.session().request(
                path, method, endpoint_filter=where, raise_exc=False, timeout=self.timeout, **how)
        except exceptions.EndpointNotFound as error:
            raise NotFound(f'the catalog has no {self.name}{self._there()}') from error
        except exceptions.Unauthorized as error:
            raise Refused(f'Keystone refuses the token for {self.name}: {error}') from error
        except exceptions.ConnectTimeout as error:
            raise Unavailable(f'{self.name}: no answer within {self.timeout:g} s') from error
        except (exceptions.ClientException, OSError) as error:
            raise Passing(f'no answer: {reason(error)}') from error
        return answer

    def _there(self) -> str:
        region = f' in region {self.region_name}' if self.region_name else ''
        return f'{region} with interface {self.interface}'
