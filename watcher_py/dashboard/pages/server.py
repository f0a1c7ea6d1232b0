# SPDX-License-Identifier: Apache-2.0
"""/servers/{key}: a server, where it may go, and what keeps it off the other hosts."""

from collections.abc import Iterable, Mapping
from typing import Any

import falcon

from watcher_py.dashboard.rest import segment
from watcher_py.dashboard.site import Site


class ServerPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        server = req.context.visit.rest.get(f'/v2/servers/{segment(key)}')
        possible = [target['node'] for target in server['targets'] if target['is_possible']]
        self.site.show(req, resp, 'server.html', server=server, possible=possible,
                       ruled_out=_by_reason(server['targets']))


def _by_reason(targets: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The reasons that keep the server off hosts, each with its hosts, the commonest first."""
    hosts: dict[str, list[str]] = {}
    for target in targets:
        if not target['is_possible']:
            hosts.setdefault(target['why_not'], []).append(target['node'])
    return sorted(hosts.items(), key=lambda pair: (-len(pair[1]), pair[0]))
