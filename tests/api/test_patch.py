# SPDX-License-Identifier: Apache-2.0
"""Patches on documents."""

from typing import Any

import pytest

from watcher_py.api import patch
from watcher_py.core.errors import Invalid

DOCUMENT = {'name': 'a', 'note': None, 'scope': [{'x': 1}, {'y': 2}], 'parameters': {'p': {'q': 1}}}


def patched(*operations: dict[str, Any]) -> dict[str, Any]:
    return patch.apply(DOCUMENT, patch.read(list(operations)))


def test_an_attribute_is_set_whatever_it_was() -> None:
    for op in ('add', 'replace'):
        assert patched({'op': op, 'path': '/note', 'value': 'n'})['note'] == 'n'


def test_a_removed_attribute_is_null() -> None:
    assert patched({'op': 'remove', 'path': '/name'})['name'] is None


def test_the_document_itself_stays_as_it_was() -> None:
    patched({'op': 'replace', 'path': '/parameters/p/q', 'value': 2})
    assert DOCUMENT['parameters'] == {'p': {'q': 1}}


def test_objects_are_patched_within() -> None:
    assert patched({'op': 'add', 'path': '/parameters/r', 'value': 1})['parameters']['r'] == 1
    assert patched({'op': 'replace', 'path': '/parameters/p/q', 'value': 2})['parameters'] == {'p': {'q': 2}}
    assert patched({'op': 'remove', 'path': '/parameters/p'})['parameters'] == {}


def test_lists_are_patched_within() -> None:
    assert patched({'op': 'add', 'path': '/scope/0', 'value': 0})['scope'] == [0, {'x': 1}, {'y': 2}]
    assert patched({'op': 'add', 'path': '/scope/2', 'value': 0})['scope'] == [{'x': 1}, {'y': 2}, 0]
    assert patched({'op': 'add', 'path': '/scope/-', 'value': 0})['scope'] == [{'x': 1}, {'y': 2}, 0]
    assert patched({'op': 'replace', 'path': '/scope/1/y', 'value': 3})['scope'] == [{'x': 1}, {'y': 3}]
    assert patched({'op': 'remove', 'path': '/scope/0'})['scope'] == [{'y': 2}]


def test_later_operations_see_the_earlier() -> None:
    assert patched({'op': 'replace', 'path': '/note', 'value': {}},
                   {'op': 'add', 'path': '/note/a', 'value': 1})['note'] == {'a': 1}


@pytest.mark.parametrize('operation', [
    {'op': 'replace', 'path': '/parameters/none', 'value': 1},
    {'op': 'remove', 'path': '/parameters/none'},
    {'op': 'add', 'path': '/parameters/none/deep', 'value': 1},
    {'op': 'replace', 'path': '/scope/2', 'value': 1},
    {'op': 'replace', 'path': '/scope/-', 'value': 1},
    {'op': 'remove', 'path': '/scope/first'},
    {'op': 'add', 'path': '/scope/3', 'value': 1},
    {'op': 'add', 'path': '/name/deep', 'value': 1},
    {'op': 'add', 'path': '/colour', 'value': 1},
    {'op': 'replace', 'path': '/uuid', 'value': 1},
    {'op': 'replace', 'path': '/name'},
    {'op': 'add', 'path': '/name'},
    {'op': 'move', 'path': '/name', 'value': 1},
    {'op': ['add'], 'path': '/name', 'value': 1},
    {'op': 'add', 'path': 'name', 'value': 1},
    {'op': 'add', 'path': '/', 'value': 1},
    {'op': 'add', 'path': '/na me', 'value': 1},
    {'op': 'add', 'path': None, 'value': 1},
    {'op': 'add', 'value': 1},
    {'path': '/name', 'value': 1},
])
def test_what_makes_no_sense_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        patched(operation)


@pytest.mark.parametrize('body', [None, {}, 'remove', ['remove'], [None], [[]]])
def test_a_patch_is_a_list_of_objects(body: Any) -> None:
    with pytest.raises(Invalid):
        patch.read(body)
