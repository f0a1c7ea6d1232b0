# SPDX-License-Identifier: Apache-2.0
"""Schemas of what is answered: objects all of whose attributes are there, and what may be unknown."""

from typing import Any

Schema = dict[str, Any]

FLAG: Schema = {'type': 'boolean'}
COUNT: Schema = {'type': 'integer', 'minimum': 0}
NUMBER_OR_NULL: Schema = {'type': ['number', 'null']}


def shape(**attributes: Any) -> Schema:
    """Of an object that has at least these."""
    return {'type': 'object', 'required': list(attributes), 'properties': attributes}


def rows(item: Schema) -> Schema:
    return {'type': 'array', 'items': item}


def maybe(item: Schema) -> Schema:
    """Of what may be null."""
    return {**item, 'type': [item['type'], 'null']}
