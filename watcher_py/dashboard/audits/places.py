# SPDX-License-Identifier: Apache-2.0
"""The zones, aggregates and hosts that a scope can be chosen from."""

from dataclasses import dataclass

from watcher_py.core.errors import WatcherError
from watcher_py.dashboard.rest import Rest, SignedOut


@dataclass(frozen=True)
class Places:
    """`why_none` says why there is no choice; the rest is empty then."""

    zones: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    why_none: str | None = None


def places(rest: Rest) -> Places:
    try:
        hosts = rest.get('/v2/hosts')['hosts']
    except SignedOut:
        raise
    except WatcherError as error:
        return Places(why_none=str(error))
    return Places(tuple(sorted({host['zone'] for host in hosts if host['zone']})),
                  tuple(sorted({name for host in hosts for name in host['aggregates']})),
                  tuple(sorted(host['name'] for host in hosts)))
