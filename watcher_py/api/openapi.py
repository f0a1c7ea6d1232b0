# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document of the REST API, made of routes, Views, bodies and policies."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import falcon
from sqlalchemy import Boolean, Column, Double, Integer, String

from watcher_py.api import versions
from watcher_py.api.auth import PUBLIC
from watcher_py.api.listing import DIRECTIONS
from watcher_py.api.operation import DETAIL, PAGE, Operation, operation, operation_of
from watcher_py.api.policies import list_rules
from watcher_py.api.resource import Resource
from watcher_py.api.view import Field, View
from watcher_py.db.columns import JsonDict, JsonList

Route = tuple[str, object, str | None]      # path, noun, suffix of its responders
Document = dict[str, Any]
Titles = Mapping[str, str | None]            # of deeds, by method and path

PATH = '/openapi.json'
METHODS = ('get', 'post', 'put', 'patch', 'delete')
# The JSON types of columns, the narrower kinds first.
KINDS = ((JsonDict, 'object'), (JsonList, 'array'), (Boolean, 'boolean'), (Integer, 'integer'),
         (Double, 'number'), (String, 'string'))
FAULT = {'type': 'object', 'required': ['error_message'], 'additionalProperties': False,
         'properties': {'error_message': {
             'type': 'string', 'contentMediaType': 'application/json',
             'description': 'JSON again: faultcode and faultstring, or code, title and description'}}}
TOKEN = {'type': 'apiKey', 'in': 'header', 'name': 'X-Auth-Token'}


class Description:
    """/openapi.json: how these routes are used, for everybody."""

    def __init__(self, routes: Iterable[Route]):
        self._text = json.dumps(document(routes))

    @operation(gives={'type': 'object'})
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = falcon.MEDIA_JSON
        resp.text = self._text


def document(routes: Iterable[Route]) -> Document:
    titles = _titles()
    paths: Document = {}
    nouns: Document = {}
    for path, noun, suffix in routes:
        paths[path] = {method: _operation(path, method, noun, found, titles)
                       for method, found in _responders(noun, suffix)}
        if isinstance(noun, Resource):
            nouns[noun.view.policy] = _row(noun.view, is_detail=True)
            nouns[_short(noun.view)] = _row(noun.view, is_detail=False)
    return {'openapi': '3.1.0',
            'info': {'title': 'Infrastructure optimization', 'version': str(versions.MAX)},
            'paths': paths,
            'components': {'schemas': {'fault': FAULT, **nouns}, 'securitySchemes': {'token': TOKEN}}}


def _responders(noun: object, suffix: str | None) -> Iterator[tuple[str, Operation]]:
    for method in METHODS:
        name = f'on_{method}_{suffix}' if suffix else f'on_{method}'
        if hasattr(noun, name):
            yield method, operation_of(noun, name)


def _operation(path: str, method: str, noun: object, found: Operation, titles: Titles) -> Document:
    view = noun.view if isinstance(noun, Resource) else None
    title = titles.get(_usage(method, path))
    refusals = _refusals(path, method, view, found) | ({HTTPStatus.FORBIDDEN} if title else set())
    told: Document = {
        'summary': title or path,
        'parameters': list(_parameters(path, view, found)),
        'responses': {str(found.status): _answer(view, found),
                      **{str(status): _refusal(status) for status in sorted(refusals)},
                      **{str(status): _described(status, schema)
                         for status, schema in (found.also or {}).items()}}}
    if found.body is not None:
        told['requestBody'] = {'required': found.is_body_needed, 'content': _json(_nullable(found.body))}
    if path not in PUBLIC:
        told['security'] = [{'token': []}]
    return told


def _refusals(path: str, method: str, view: View | None, found: Operation) -> set[int]:
    """The statuses that the layers around the responder, its path and its method give, and its own."""
    statuses: set[int] = {HTTPStatus.BAD_REQUEST, *found.refuses}
    if path not in PUBLIC:
        statuses |= {HTTPStatus.UNAUTHORIZED}
    if path.startswith('/v1'):
        statuses |= {HTTPStatus.NOT_ACCEPTABLE}
    if '{key}' in path or found.gives in (PAGE, DETAIL):
        statuses |= {HTTPStatus.NOT_FOUND}
    if '{key}' in path and view is not None and view.is_named:
        statuses |= {HTTPStatus.CONFLICT}       # a name in two spellings may be asked for in a third
    if method != 'get':
        statuses |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    if found.body is not None:
        statuses |= {HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    return statuses


def _parameters(path: str, view: View | None, found: Operation) -> Iterator[Document]:
    for name in re.findall('{(.*?)}', path):
        yield {'name': name, 'in': 'path', 'required': True, 'schema': {'type': 'string', 'minLength': 1}}
    if path.startswith('/v1'):
        yield {'name': versions.HEADER, 'in': 'header', 'schema': {'type': 'string'},
               'description': f'{versions.SERVICE} {versions.MIN} to {versions.MAX}, or latest'}
    if view is not None and found.gives in (PAGE, DETAIL):
        yield from (_query(name, schema) for name, schema in _page(view).items())
    for name, schema in (found.query or {}).items():
        yield _query(name, schema)


def _query(name: str, schema: Mapping[str, Any]) -> Document:
    return {'name': name, 'in': 'query', 'schema': dict(schema)}


def _page(view: View) -> Document:
    keys = sorted({*view.sort_keys, *view.model.__mapper__.columns.keys()})
    return {'limit': {'type': 'integer', 'minimum': 1}, 'marker': {'type': 'string'},
            'sort_key': {'enum': keys}, 'sort_dir': {'enum': list(DIRECTIONS)},
            **{name: {'type': 'string'} for name in view.filters}}


def _answer(view: View | None, found: Operation) -> Document:
    return _described(found.status, _given(view, found))


def _described(status: int, schema: Mapping[str, Any] | None) -> Document:
    described = {'description': HTTPStatus(status).phrase}
    return {**described, 'content': _json(schema)} if schema is not None else described


def _given(view: View | None, found: Operation) -> Mapping[str, Any] | None:
    if not isinstance(found.gives, str):
        return found.gives
    if view is None:
        return {}
    if found.gives not in (PAGE, DETAIL):
        return _reference(view.policy)
    rows = {'type': 'array',
            'items': _reference(view.policy if found.gives == DETAIL else _short(view))}
    return {'type': 'object', 'required': [view.collection], 'additionalProperties': False,
            'properties': {view.collection: rows, 'next': {'type': 'string'}}}


def _refusal(status: int) -> Document:
    described = {'description': HTTPStatus(status).phrase}
    # Keystone's middleware answers in words of its own.
    return described if status == HTTPStatus.UNAUTHORIZED else {
        **described, 'content': _json(_reference('fault'))}


def _row(view: View, is_detail: bool) -> Document:
    shown = [each for each in view.fields if is_detail or each.in_list]
    links = {'type': 'array', 'minItems': 2, 'maxItems': 2, 'items': {'type': 'object'}}
    return {'type': 'object',
            'required': [*(each.name for each in shown if each.since == versions.MIN), 'links'],
            'properties': {**{each.name: _value(each, view) for each in shown}, 'links': links}}


def _value(shown: Field, view: View) -> Document:
    if shown.read is not None:
        return dict(shown.schema or {})
    column: Column[Any] = view.model.__mapper__.columns[shown.name]
    kind = next(name for sort, name in KINDS if isinstance(column.type, sort))
    return {'type': [kind, 'null'] if column.nullable else kind}


def _nullable(body: Mapping[str, Any]) -> Document:
    """A null attribute is the same as an absent one."""
    needed = body.get('required', ())
    return {**body, **({'properties': {
        name: schema if name in needed else {'anyOf': [schema, {'type': 'null'}]}
        for name, schema in body['properties'].items()}} if 'properties' in body else {})}


def _titles() -> Titles:
    """What the policies call each deed, by its method and path."""
    return {_usage(way['method'], way['path']): rule.description
            for rule in list_rules() for way in getattr(rule, 'operations', ())}


def _usage(method: str, path: str) -> str:
    return f'{method.lower()} {re.sub("{.*?}", "{}", path)}'


def _short(view: View) -> str:
    return f'{view.policy}_in_list'


def _reference(name: str) -> Document:
    return {'$ref': f'#/components/schemas/{name}'}


def _json(schema: Mapping[str, Any]) -> Document:
    return {falcon.MEDIA_JSON: {'schema': schema}}
