# SPDX-License-Identifier: Apache-2.0
"""What else a service has to outlast: servers that are restarted, silence, errors, tokens that expire."""

import contextlib
from collections.abc import Callable, Iterator, Mapping

from storm.site import Site

SILENCE = 600.0


@contextlib.contextmanager
def _cut(site: Site, line: str) -> Iterator[None]:
    site.lines[line].cut()
    try:
        yield
    finally:
        site.lines[line].mend()


@contextlib.contextmanager
def _rabbit(site: Site) -> Iterator[None]:
    with _cut(site, 'rabbit'):
        yield


@contextlib.contextmanager
def _database(site: Site) -> Iterator[None]:
    with _cut(site, 'database'):
        yield


@contextlib.contextmanager
def _network(site: Site) -> Iterator[None]:
    with _cut(site, 'nova'):
        yield


@contextlib.contextmanager
def _nova(site: Site) -> Iterator[None]:
    """Half of all calls are answered with 500, and half of the rest not at all."""
    site.order('strike', part='/compute', kind='error', times=None, chance=0.5)
    site.order('strike', part='/compute', kind='hang', times=None, chance=0.5, seconds=SILENCE, status=504)
    try:
        yield
    finally:
        site.order('heal')


@contextlib.contextmanager
def _token(site: Site) -> Iterator[None]:
    """All tokens that were given out are worth nothing from now on."""
    site.order('revoke_tokens')
    yield


OUTAGES: Mapping[str, Callable[[Site], contextlib.AbstractContextManager[None]]] = {
    'rabbit': _rabbit, 'database': _database, 'nova': _nova, 'token': _token, 'network': _network}
