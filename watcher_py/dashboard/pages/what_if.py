# SPDX-License-Identifier: Apache-2.0
"""/what-if: hosts that are lost or emptied, servers that are added, and how many more there is room for.

The question is the address of the page: it can be sent to somebody else.
"""

import falcon

from watcher_py.dashboard.cloud.question import question
from watcher_py.dashboard.part import Part, part
from watcher_py.dashboard.rest import Rest
from watcher_py.dashboard.site import Site


class WhatIfPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        asked = question({name: req.get_param(name) or '' for name in req.params})
        answer = part(rest.post, '/v2/what_if', asked.body) if asked.body else Part(None)
        self.site.show(req, resp, 'what_if.html', asked=asked, answer=answer,
                       capacity=part(rest.get, '/v2/capacity'))
