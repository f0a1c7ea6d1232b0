# SPDX-License-Identifier: Apache-2.0
"""Many spellings of a path, one route: /v1//goals/, /v1/goals.json and /goals are /v1/goals."""

import falcon

VERSIONS = ('v1', 'v2')
SUFFIX = '.json'
UNVERSIONED = ('/openapi.json', '/healthz', '/readyz')


class Tidy:
    """Falcon middleware that gives each request the spelling of the route table."""

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        req.path = tidy(req.path)


def tidy(path: str) -> str:
    """The path without empty segments and suffix; without a version it is of the first."""
    if path in UNVERSIONED:
        return path
    segments = [segment for segment in path.removesuffix(SUFFIX).split('/') if segment]
    if segments and segments[0] not in VERSIONS:
        segments.insert(0, VERSIONS[0])
    return '/' + '/'.join(segments)
