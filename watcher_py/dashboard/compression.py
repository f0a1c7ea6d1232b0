# SPDX-License-Identifier: Apache-2.0
"""Answers of some size go gzipped to browsers that take that."""

import gzip
from typing import Any

import falcon

SMALLEST = 1024         # bytes
LEVEL = 5               # 6 and more cost twice the time for a hundredth of the size


class Compression:
    """Falcon middleware; it goes last, so that it sees the answer as it is."""

    def process_response(self, req: falcon.Request, resp: falcon.Response, resource: Any,
                         req_succeeded: bool) -> None:
        body = resp.render_body()
        if not body or len(body) < SMALLEST or resp.get_header('Content-Encoding'):
            return
        resp.append_header('Vary', 'Accept-Encoding')
        if 'gzip' in (req.get_header('Accept-Encoding') or ''):
            resp.text = None
            resp.data = gzip.compress(body, LEVEL, mtime=0)
            resp.set_header('Content-Encoding', 'gzip')
