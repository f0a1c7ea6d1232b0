# SPDX-License-Identifier: Apache-2.0
"""What else a service has to outlast: servers that go away, silence, errors, tokens that expire."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from storm.programs import Blow
from storm.site import Site

SILENCE = 600.0

Outage = Callable[[Site], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def _cut(line: str, site: Site) -> Iterator[None]:
    site.lines[line].cut()
    try:
        yield
    finally:
        site.lines[line].mend()


@contextlib.contextmanager
def _stopped(server: str, site: Site) -> Iterator[None]:
    """As an operator stops it; then it is started again."""
    site.servers[server].program.stop()
    try:
        yield
    finally:
        site.servers[server].start()


@contextlib.contextmanager
def _killed(server: str, site: Site) -> Iterator[None]:
    """Nothing is tidied up; then it is started again."""
    site.servers[server].program.kill(Blow.BOTH)
    try:
        yield
    finally:
        site.servers[server].start()


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


OF_LINES: Mapping[str, Outage] = {'rabbit': partial(_cut, 'rabbit'), 'database': partial(_cut, 'database')}
OF_CLOUD: Mapping[str, Outage] = {'nova': _nova, 'token': _token, 'network': partial(_cut, 'nova')}
# They want servers of the storm's own.
RESTARTS: Mapping[str, Outage] = {
    'rabbit-restart': partial(_stopped, 'rabbit'), 'rabbit-kill': partial(_killed, 'rabbit'),
    'database-restart': partial(_stopped, 'database'), 'database-kill': partial(_killed, 'database')}
OUTAGES: Mapping[str, Outage] = {**OF_LINES, **OF_CLOUD, **RESTARTS}
