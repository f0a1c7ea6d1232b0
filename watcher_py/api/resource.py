# SPDX-License-Identifier: Apache-2.0
"""GET of a collection, in short and in detail, and of one of it: the same for every noun, from its View."""

from typing import Any

import falcon
from oslo_utils.strutils import bool_from_string

from watcher_py.api import listing
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.operation import DETAIL, ONE, PAGE, operation
from watcher_py.api.view import View


class Resource:
    """A noun; those with more to it than GET add responders and use the methods below."""

    def __init__(self, view: View, desk: Desk):
        self.view = view
        self.desk = desk

    @operation(gives=PAGE)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.allow(req, 'get_all')
        self._list(req, resp, is_detail=False)

    @operation(gives=DETAIL)
    def on_get_detail(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.allow(req, 'detail')
        self._list(req, resp, is_detail=True)

    @operation(gives=ONE)
    def on_get_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        row = self.allowed_row(req, key, 'get', _sees_deleted(req))
        resp.media = self.shown(req, [row], is_detail=True)[0]

    def allow(self, req: falcon.Request, deed: str) -> None:
        self.desk.guard.check(req.context.caller, f'{self.view.policy}:{deed}')

    def allowed_row(self, req: falcon.Request, key: str, deed: str, with_deleted: bool = False) -> Any:
        """The row of this key, if the caller may do this to it; who may not still learns that it is there."""
        listing.arguments(req, ())
        if not self.view.is_named:
            require_uuid(key, f'id in {self.view.collection}')
        row = self.desk.store.get(self.view.model, key, with_deleted=with_deleted)
        self.allow(req, deed)
        return row

    def shown(self, req: falcon.Request, rows: list[Any], is_detail: bool) -> list[dict[str, Any]]:
        return [self.view.shown(row, req.context.version, host_of(req), is_detail) for row in rows]

    def answer(self, req: falcon.Request, resp: falcon.Response, row: Any) -> None:
        """Show a row as it is stored now."""
        fresh = self.desk.store.get(self.view.model, row.id, with_deleted=True)
        resp.media = self.shown(req, [fresh], is_detail=True)[0]

    def answer_created(self, req: falcon.Request, resp: falcon.Response, row: Any) -> None:
        resp.status = falcon.HTTP_201
        resp.location = f'{req.prefix}/v1/{self.view.collection}/{row.uuid}'
        self.answer(req, resp, row)

    def _list(self, req: falcon.Request, resp: falcon.Response, is_detail: bool) -> None:
        page = listing.asked(req, self.view, self.desk.max_limit)
        rows = listing.rows(self.desk.store, self.view, page, _sees_deleted(req))
        collection = self.view.collection
        place = f'{collection}/detail' if is_detail else collection
        resp.media = {collection: self.shown(req, rows, is_detail)}
        if link := listing.next_link(self.view, page, rows, host_of(req), place):
            resp.media['next'] = link


def host_of(req: falcon.Request) -> str:
    """Scheme and host of links, without the path that the service is mounted under."""
    return f'{req.scheme}://{req.netloc}'


def _sees_deleted(req: falcon.Request) -> bool:
    return bool_from_string(req.get_header('X-Show-Deleted') or '')
