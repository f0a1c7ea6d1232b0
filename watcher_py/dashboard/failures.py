# SPDX-License-Identifier: Apache-2.0
"""How a failure is answered: as a page, in a sentence that its reader can use."""

import logging
from typing import Any
from urllib.parse import quote

import falcon

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable, WatcherError
from watcher_py.dashboard.rest import Forbidden, SignedOut
from watcher_py.dashboard.site import Site

LOG = logging.getLogger(__name__)

# Status and heading.
SPOKEN: dict[type[WatcherError], tuple[str, str]] = {
    Invalid: (falcon.HTTP_400, 'That does not work'),
    Forbidden: (falcon.HTTP_403, 'Not allowed'),
    NotFound: (falcon.HTTP_404, 'Not found'),
    Conflict: (falcon.HTTP_409, 'Not in this state'),
    Refused: (falcon.HTTP_409, 'Refused'),
    Unavailable: (falcon.HTTP_503, 'No answer'),
}
OTHERWISE = (falcon.HTTP_500, 'Something went wrong')
UNFORESEEN = 'The page could not be made. The log of the API tells why.'


class Failures:
    def __init__(self, site: Site):
        self._site = site

    def install(self, app: 'falcon.App[Any, Any]') -> None:
        app.add_error_handler(Exception, self._unforeseen)
        app.add_error_handler(WatcherError, self._ours)
        app.add_error_handler(SignedOut, self._signed_out)
        app.add_error_handler(falcon.HTTPError, self._of_the_framework)

    def _ours(self, req: falcon.Request, resp: falcon.Response, error: WatcherError,
              params: dict[str, Any]) -> None:
        resp.status, heading = SPOKEN.get(type(error), OTHERWISE)
        self._site.show_failure(req, resp, heading, str(error))

    def _signed_out(self, req: falcon.Request, resp: falcon.Response, error: SignedOut,
                    params: dict[str, Any]) -> None:
        """To the login, and from there back to where the browser was."""
        if req.method == 'GET' and req.get_header('Sec-Fetch-Site') == 'cross-site':
            # By a link of another site: the browser shows its session only to what our own page asks for.
            self._site.show_fragment(req, resp, 'arrival.html')
            return
        was = req.path + (f'?{req.query_string}' if req.query_string else '')
        back = f'?next={quote(was)}' if req.method == 'GET' and was != '/' else ''
        self._site.see_other(req, resp, f'/login{back}')

    def _of_the_framework(self, req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError,
                          params: dict[str, Any]) -> None:
        resp.status = error.status
        resp.set_headers(error.headers or {})
        title = falcon.code_to_http_status(error.status).partition(' ')[2]
        self._site.show_failure(req, resp, title,
                                error.description or f'There is no page {req.path} here.')

    def _unforeseen(self, req: falcon.Request, resp: falcon.Response, error: Exception,
                    params: dict[str, Any]) -> None:
        LOG.error('%s %s of the console failed', req.method, req.path, exc_info=error)
        resp.status, heading = OTHERWISE
        self._site.show_failure(req, resp, heading, UNFORESEEN)
