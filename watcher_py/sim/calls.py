# SPDX-License-Identifier: Apache-2.0
"""How many calls the emulated cloud has answered, by service; GET and DELETE of /sim/calls."""

import threading
from collections import Counter

import falcon


class Calls:
    """Counts by the first part of the path: identity, compute, placement, ..."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, path: str) -> None:
        with self._lock:
            self._counts[path.lstrip('/').partition('/')[0]] += 1

    def by_service(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def total(self) -> int:
        """Of all services but Keystone, whom a client asks for a token now and then."""
        return sum(count for service, count in self.by_service().items() if service != 'identity')

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()


class Counted:
    """/sim/calls: no token is asked for, and its own calls don't count."""

    def __init__(self, calls: Calls):
        self._calls = calls

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = self._calls.by_service()

    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._calls.reset()
        resp.status = falcon.HTTP_204
