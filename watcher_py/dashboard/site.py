# SPDX-License-Identifier: Apache-2.0
"""How a page is put together: template, values, and what every page has around them."""

from collections.abc import Mapping
from typing import Any

import falcon
import jinja2

from watcher_py.dashboard import words
from watcher_py.dashboard.rest import Forbidden
from watcher_py.dashboard.static_files import StaticFiles

HTML = 'text/html; charset=utf-8'
NAVIGATION = (
    ('Cloud', '/'), ('Plans', '/plans'), ('Audits', '/audits'), ('Templates', '/templates'),
    ('Strategies', '/strategies'), ('What if', '/what-if'), ('Rules', '/rules'), ('History', '/history'),
    ('Health', '/health'))
NOTHING = ('You are logged in, but the policy lets you see nothing here. Ask an administrator for a role '
           'that does.')


class Site:
    def __init__(self, files: StaticFiles, asks_for_login: bool):
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader('watcher_py.dashboard'), autoescape=True, trim_blocks=True,
            lstrip_blocks=True, undefined=jinja2.StrictUndefined, auto_reload=False)
        self._templates.filters.update(words.FILTERS)
        self._templates.globals.update(
            style_sheets=files.style_sheets(), script=files.address('console.js'),
            icon=files.address('icon.svg'), asks_for_login=asks_for_login)

    def show(self, req: falcon.Request, resp: falcon.Response, template: str, **values: Any) -> None:
        """Answer with a page; Forbidden to a user who may do nothing at all."""
        visit = req.context.visit
        if visit is not None and not visit.allowed:
            raise Forbidden(NOTHING)
        self._answer(req, resp, template, {'visit': visit, **values})

    def show_fragment(self, req: falcon.Request, resp: falcon.Response, template: str, **values: Any) -> None:
        """Answer with a part of a page, for the script or for a page that includes it."""
        self._answer(req, resp, template, {'visit': req.context.visit, **values})

    def show_failure(self, req: falcon.Request, resp: falcon.Response, title: str, sentence: str) -> None:
        """Answer without asking the API for anything."""
        self._answer(req, resp, 'failure.html', {'visit': None, 'heading': title, 'sentence': sentence})

    def see_other(self, req: falcon.Request, resp: falcon.Response, path: str) -> None:
        """Send the browser to a page of ours, by GET."""
        resp.status = falcon.HTTP_303
        resp.location = req.root_path + path

    def _answer(self, req: falcon.Request, resp: falcon.Response, template: str,
                values: Mapping[str, Any]) -> None:
        resp.content_type = HTML
        resp.text = self._templates.get_template(template).render(
            root=req.root_path, path=req.path, csrf=req.context.session.csrf, navigation=NAVIGATION, **values)
