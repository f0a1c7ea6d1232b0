# SPDX-License-Identifier: Apache-2.0
"""What is turned away at the door: requests that are too large, and addresses that are no Unicode."""

from urllib.parse import unquote_to_bytes

import falcon

from watcher_py.api.errors import TooLarge
from watcher_py.api.strict_json import check_text
from watcher_py.core.errors import Invalid


class Limits:
    """Falcon middleware; it goes before whatever reads path, query or body."""

    def __init__(self, max_body_size: int):
        self._max_body_size = max_body_size

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        # A body without a length is not read at all.
        if (req.content_length or 0) > self._max_body_size:
            raise TooLarge(f'The body is larger than {self._max_body_size} bytes')
        # WSGI hands the path over unquoted and the query as it came, bytes as the letters of Latin-1.
        _check(req.env.get('PATH_INFO', '').encode('latin-1'), 'path')
        _check(unquote_to_bytes(req.env.get('QUERY_STRING', '').encode('latin-1')), 'query')


def _check(raw: bytes, what: str) -> None:
    try:
        check_text(raw.decode(), f'The {what}')
    except UnicodeDecodeError:
        raise Invalid(f'The {what} is not UTF-8') from None
