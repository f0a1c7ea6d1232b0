# SPDX-License-Identifier: Apache-2.0
"""Who is let in: a session for everybody, a visit for users, and no form that another site sent."""

from typing import Any
from urllib.parse import urlsplit

import falcon

from watcher_py.dashboard import posted, sessions
from watcher_py.dashboard.door import Door
from watcher_py.dashboard.rest import Forbidden, Rest, SignedOut
from watcher_py.dashboard.settings import Settings
from watcher_py.dashboard.visit import Visit

CSRF = 'csrf'
PUBLIC = 'is_public'        # a mark of responders that need no user


class Visitors:
    """Falcon middleware that gives a request its session, its form, and its visit."""

    def __init__(self, door: Door, settings: Settings):
        self._door = door
        self._settings = settings

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        session = sessions.of(req)
        if session is None:
            session = sessions.new_guest()
            if not req.path.startswith('/static/'):      # kept by caches, for everybody
                sessions.keep(req, resp, session, self._settings.secure_cookie)
        req.context.session = session
        req.context.visit = None

    def process_resource(self, req: falcon.Request, resp: falcon.Response, resource: object,
                         params: dict[str, Any]) -> None:
        session: sessions.Session = req.context.session
        if req.method == 'POST':
            req.context.form = _own_form(req, session)
        if getattr(resource, PUBLIC, False):
            return
        token = session.token if self._settings.asks_for_login else None
        if self._settings.asks_for_login and token is None:
            raise SignedOut('Please log in')
        req.context.visit = Visit(Rest(self._door, token), session)


def _own_form(req: falcon.Request, session: sessions.Session) -> posted.Posted:
    """What was posted, or Forbidden unless a page of ours asked for it."""
    form = posted.read(req)
    if not _is_from_here(req) or not session.vouches_for(form.one(CSRF)):
        raise Forbidden('This form was not sent by a page of this session. Go back, load the page again, and '
                        'send it once more.')
    return form


def _is_from_here(req: falcon.Request) -> bool:
    """As far as the browser says where the form comes from."""
    if site := req.get_header('Sec-Fetch-Site'):
        return site in ('same-origin', 'none')
    origin = req.get_header('Origin')
    return origin is None or urlsplit(origin).netloc == req.netloc
