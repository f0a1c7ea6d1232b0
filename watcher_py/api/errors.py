# SPDX-License-Identifier: Apache-2.0
"""How a failure is answered: HTTP status and error body, the only place that knows them."""

import json
import logging
from typing import Any

import falcon

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, WatcherError

LOG = logging.getLogger(__name__)


class Forbidden(WatcherError):
    """The policy does not allow it."""


class NotAcceptable(WatcherError):
    """It needs a newer API version than was asked for."""


class TooLarge(WatcherError):
    """The body is more than the operator allows."""


class WrongMedia(WatcherError):
    """The body is not JSON."""


STATUSES: dict[type[WatcherError], str] = {
    Invalid: falcon.HTTP_400,
    Forbidden: falcon.HTTP_403,
    NotFound: falcon.HTTP_404,
    NotAcceptable: falcon.HTTP_406,
    Conflict: falcon.HTTP_409,
    Refused: falcon.HTTP_409,
    TooLarge: falcon.HTTP_413,
    WrongMedia: falcon.HTTP_415,
}
# Unavailable is not 503: clients would ask again five times, each time waiting for the same service.
OTHERWISE = falcon.HTTP_500


def install(app: 'falcon.App[Any, Any]') -> None:
    """Have the application answer failures in the contract's words."""
    app.add_error_handler(Exception, _unforeseen)
    app.add_error_handler(WatcherError, _ours)
    app.add_error_handler(falcon.HTTPError, _of_the_framework)


def _ours(req: falcon.Request, resp: falcon.Response, error: WatcherError, params: dict[str, Any]) -> None:
    _answer(resp, STATUSES.get(type(error), OTHERWISE), str(error))


def _of_the_framework(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError,
                      params: dict[str, Any]) -> None:
    resp.status = error.status
    resp.set_headers(error.headers or {})
    code = falcon.http_status_to_code(error.status)
    title = falcon.code_to_http_status(code).partition(' ')[2]
    _put(resp, {'code': code, 'title': title, 'description': error.description or title})


def _unforeseen(req: falcon.Request, resp: falcon.Response, error: Exception, params: dict[str, Any]) -> None:
    LOG.error('%s %s failed', req.method, req.path, exc_info=error)
    _answer(resp, OTHERWISE, 'The request failed for a reason that the log of the API tells')


def _answer(resp: falcon.Response, status: str, sentence: str) -> None:
    resp.status = status
    _put(resp, {'faultcode': 'Client' if status < '500' else 'Server', 'faultstring': sentence,
                'debuginfo': None})


def _put(resp: falcon.Response, fault: dict[str, Any]) -> None:
    """JSON within JSON: clients decode it twice."""
    resp.content_type = falcon.MEDIA_JSON
    resp.text = json.dumps({'error_message': json.dumps(fault)})
