# SPDX-License-Identifier: Apache-2.0
"""What a request brings: JSON, checked against the schema of what is expected, told in clear sentences."""

from collections.abc import Mapping
from typing import Any

import falcon

from watcher_py import schemas
from watcher_py.api import listing, strict_json
from watcher_py.api.errors import WrongMedia
from watcher_py.core.errors import Invalid

Schema = Mapping[str, Any]

TEXT = {'type': 'string'}
LONG_TEXT = {'type': 'string', 'maxLength': 255}
OBJECT = {'type': 'object'}
LIST = {'type': 'array'}
# Forms send words.
FLAG = {'enum': [True, False, 'true', 'True', 'yes', '1', 'false', 'False', 'no', '0']}
FORMS = (falcon.MEDIA_URLENCODED, falcon.MEDIA_MULTIPART)
TRUE = (True, 'true', 'True', 'yes', '1')


def schema(required: tuple[str, ...] = (), **attributes: Schema) -> Schema:
    """Of an object with these attributes and no others."""
    rules: dict[str, Any] = {'type': 'object', 'properties': attributes, 'additionalProperties': False}
    return {**rules, 'required': list(required)} if required else rules


def read(req: falcon.Request) -> Any:
    """The JSON that the request carries; such a request has no arguments in its query."""
    listing.arguments(req, ())
    media = (req.content_type or falcon.MEDIA_JSON).partition(';')[0].strip().lower()
    if media in FORMS:
        raise Invalid('The body is a form, not a JSON document')
    if media != falcon.MEDIA_JSON and not media.endswith('+json'):
        raise WrongMedia(f'The body is {media}, not application/json')
    text = req.bounded_stream.read()
    if not text:
        raise Invalid('The request has no body; a JSON document is expected')
    return strict_json.parse(text)


def checked(body: Any, expected: Schema) -> dict[str, Any]:
    """The attributes that are given, null being the same as absent; Invalid when they aren't as expected."""
    if not isinstance(body, dict):
        raise Invalid('The body is not a JSON object')
    given = {name: value for name, value in body.items() if value is not None}
    schemas.check(given, expected, 'Invalid input')
    return given


def is_true(flag: bool | str) -> bool:
    return flag in TRUE
