# SPDX-License-Identifier: Apache-2.0
"""The form that a browser sent."""

from collections.abc import Mapping
from urllib.parse import parse_qs

import falcon

from watcher_py.core.errors import Invalid

LARGEST = 1024 * 1024       # bytes
MOST_FIELDS = 20_000        # a choice among the moves of a large plan


class Posted:
    """Its fields by name; one that is repeated has several values."""

    def __init__(self, fields: Mapping[str, list[str]]):
        self._fields = fields

    def one(self, name: str) -> str:
        """The field's value without spaces around it; '' when it is not there."""
        return self.all(name)[-1].strip() if self.all(name) else ''

    def all(self, name: str) -> list[str]:
        return list(self._fields.get(name, ()))

    def __contains__(self, name: str) -> bool:
        return name in self._fields


def read(req: falcon.Request) -> Posted:
    if (req.content_length or 0) > LARGEST:
        raise Invalid(f'The form is larger than {LARGEST} bytes')
    try:
        text = req.bounded_stream.read().decode()
        return Posted(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Invalid(f'The form is not UTF-8, or has more than {MOST_FIELDS} fields') from None
