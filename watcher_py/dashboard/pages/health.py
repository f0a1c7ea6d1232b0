# SPDX-License-Identifier: Apache-2.0
"""/health: whether the services run, how well the cloud is seen, and what the datasources have."""

import falcon

from watcher_py.dashboard.site import Site


class HealthPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.site.show(req, resp, 'health.html', health=req.context.visit.rest.get('/v2/health'))
