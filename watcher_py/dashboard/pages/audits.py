# SPDX-License-Identifier: Apache-2.0
"""/audits: all of them, newest first."""

from typing import Any

import falcon

from watcher_py.dashboard.audits.listed import newest
from watcher_py.dashboard.rest import Forbidden, Rest
from watcher_py.dashboard.site import Site

ON_A_PAGE = 25
RECENT_PLANS = 200


class AuditsPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        strategy = req.get_param('strategy') or None
        listed = newest(rest, '/v1/audits/detail', 'audits', ON_A_PAGE, req.get_param('marker'),
                        strategy=strategy)
        plans = _recent_plans(rest)
        self.site.show(req, resp, 'audits.html', listed=listed, strategy=strategy,
                       plans={plan['audit_uuid']: plan for plan in plans},
                       no_plan='none of late' if len(plans) == RECENT_PLANS else 'none',
                       strategies=rest.get('/v1/strategies')['strategies'])


def _recent_plans(rest: Rest) -> list[dict[str, Any]]:
    """The newest ones last; none for who may not see plans."""
    try:
        return newest(rest, '/v1/action_plans', 'action_plans', RECENT_PLANS, None).rows[::-1]
    except Forbidden:
        return []
