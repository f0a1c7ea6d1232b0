# SPDX-License-Identifier: Apache-2.0
"""/rules: what the rules forbid and stands so nevertheless, then the groups that are kept."""

import falcon

from watcher_py.dashboard.site import Site


class RulesPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        found = req.context.visit.rest.get('/v2/violations')
        groups = sorted(found['groups'], key=lambda group: (group['is_kept'], group['name'] or ''))
        self.site.show(req, resp, 'rules.html', violations=found['violations'], groups=groups,
                       gaps=found['gaps'])
