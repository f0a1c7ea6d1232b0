# SPDX-License-Identifier: Apache-2.0
"""/ and /v1: which versions there are, and what the first one holds."""

from typing import Any

import falcon

from watcher_py.api import versions
from watcher_py.api.bodies import OBJECT
from watcher_py.api.operation import operation

NOUNS = ('audit_templates', 'audits', 'actions', 'action_plans', 'scoring_engines', 'services')
LATER = (('data_model', versions.DATA_MODEL), ('webhooks', versions.WEBHOOKS))
DOCUMENTATION = 'https://docs.openstack.org/api-ref/resource-optimization/'
MEDIA = {'base': 'application/json', 'type': 'application/vnd.openstack.watcher.v1+json'}


class Root:
    @operation(gives=OBJECT)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        version = {'id': 'v1', 'status': 'CURRENT', 'max_version': str(versions.MAX),
                   'min_version': str(versions.MIN),
                   'links': [{'href': f'{req.prefix}/v1/', 'rel': 'self'}]}
        resp.media = {'name': 'OpenStack Watcher API',
                      'description': 'Watcher optimizes the use of a cloud\'s resources',
                      'versions': [version], 'default_version': version}


class Version1:
    @operation(gives=OBJECT)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        nouns = [*NOUNS, *(noun for noun, since in LATER if req.context.version >= since)]
        links = [{'href': f'{req.prefix}/v1/', 'rel': 'self'},
                 {'href': DOCUMENTATION, 'rel': 'describedby', 'type': 'text/html'}]
        resp.media = {'id': 'v1', 'media_types': [MEDIA], 'links': links,
                      **{noun: _links(req, noun) for noun in nouns}}


def _links(req: falcon.Request, noun: str) -> list[dict[str, Any]]:
    return [{'href': f'{req.prefix}/v1/{noun}/', 'rel': 'self'},
            {'href': f'{req.prefix}/{noun}/', 'rel': 'bookmark'}]
