# SPDX-License-Identifier: Apache-2.0
"""/login and /logout: a session begins with a token of Keystone's, and ends with it."""

import falcon

from watcher_py.core.errors import Unavailable, WatcherError
from watcher_py.dashboard import sessions
from watcher_py.dashboard.keystone import Credentials, Keystone
from watcher_py.dashboard.posted import Posted
from watcher_py.dashboard.rest import Forbidden
from watcher_py.dashboard.sessions import Session
from watcher_py.dashboard.settings import Settings
from watcher_py.dashboard.site import Site

NO_KEYSTONE = ('The console does not know where Keystone is: set auth_url in [dashboard], or '
               'www_authenticate_uri in [keystone_authtoken].')
# What of the form is shown again when it was in vain: not the password.
SHOWN = ('user', 'project', 'user_domain', 'project_domain', 'next')


class Login:
    is_public = True

    def __init__(self, site: Site, settings: Settings):
        self._site = site
        self._settings = settings

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if not self._settings.asks_for_login:
            self._site.see_other(req, resp, '/')
            return
        own = self._settings
        self._show(req, resp, {
            'user': '', 'project': own.project, 'user_domain': own.user_domain,
            'project_domain': own.project_domain, 'next': req.get_param('next') or ''}, None)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        form: Posted = req.context.form
        given = {name: form.one(name) for name in SHOWN}
        try:
            token = self._keystone().token(Credentials(
                given['user'], (form.all('password') or [''])[0], given['user_domain'], given['project'],
                given['project_domain']))
        except (Forbidden, Unavailable) as error:
            resp.status = falcon.HTTP_403 if isinstance(error, Forbidden) else falcon.HTTP_503
            self._show(req, resp, given, error)
            return
        sessions.keep(req, resp, sessions.of_token(token), self._settings.secure_cookie)
        self._site.see_other(req, resp, local(given['next']))

    def _keystone(self) -> Keystone:
        return keystone_of(self._settings)

    def _show(self, req: falcon.Request, resp: falcon.Response, given: dict[str, str],
              fault: WatcherError | None) -> None:
        self._site.show(req, resp, 'login.html', given=given, fault=fault)


class Logout:
    is_public = True

    def __init__(self, site: Site, settings: Settings):
        self._site = site
        self._settings = settings

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        session: Session = req.context.session
        if session.token is not None and self._settings.asks_for_login:
            keystone_of(self._settings).revoke(session.token)
        sessions.end(req, resp)
        self._site.see_other(req, resp, '/login')


def keystone_of(settings: Settings) -> Keystone:
    if settings.auth_url is None:
        raise Unavailable(NO_KEYSTONE)
    return Keystone(settings.auth_url, settings.login_timeout, settings.ca)


def local(path: str) -> str:
    """The path if it is one of ours, else that of the first page: nobody is sent elsewhere after a login."""
    is_ours = path.startswith('/') and not path.startswith('//') and '\\' not in path and path.isprintable()
    return path if is_ours else '/'
