# SPDX-License-Identifier: Apache-2.0
"""The grammar of an audit's scope: lists and objects, read as rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Invalid

EVERY = '*'

# What may be listed, and by which keys an entry names it; None: by any keys.
Grammar = Mapping[str, 'tuple[str, ...] | Grammar | None']
_AGGREGATE = ('id', 'name')
_COMPUTE: Grammar = {
    'host_aggregates': _AGGREGATE, 'availability_zones': ('name',),
    'exclude': {'instances': ('uuid',), 'compute_nodes': ('name',), 'host_aggregates': _AGGREGATE,
                'instance_metadata': None, 'projects': ('uuid',)}}
_STORAGE: Grammar = {
    'availability_zones': ('name',), 'volume_types': ('name',),
    'exclude': {'storage_pools': ('name',), 'volumes': ('uuid',), 'projects': ('uuid',)}}
_BAREMETAL: Grammar = {'exclude': {'ironic_nodes': ('uuid',)}}

# What may be asked for over the API, and what is understood besides.
ACCEPTED: Grammar = {'compute': _COMPUTE, 'storage': _STORAGE}
UNDERSTOOD: Grammar = {**ACCEPTED, 'baremetal': _BAREMETAL}

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What a scope lists, by its place in the grammar; what it doesn't mention is not a key."""

    listed: Mapping[str, tuple[Entry, ...]]

    def mentions(self, place: str) -> bool:
        return place in self.listed

    def named(self, place: str, key: str) -> frozenset[Any]:
        """The values that the entries of this place have under the key."""
        return frozenset(entry[key] for entry in self.entries(place) if key in entry)

    def entries(self, place: str) -> tuple[Entry, ...]:
        return self.listed.get(place, ())


def read(scope: Any, models: Grammar = UNDERSTOOD) -> Rules:
    """The rules of a scope; Invalid with the place of the first fault when it isn't one."""
    listed: dict[str, tuple[Entry, ...]] = {}
    for name, entries in _lists(models, _wrapped(scope), 'scope', ''):
        listed[name] = listed.get(name, ()) + entries
    rules = Rules(listed)
    if rules.mentions('compute.host_aggregates') and rules.mentions('compute.exclude.host_aggregates'):
        raise Invalid('scope: host_aggregates can\'t be both included and excluded')
    return rules


def _wrapped(scope: Any) -> list[Any]:
    """The old flat style, a list of compute rules, in today's form."""
    elements = _list(scope, 'scope')
    first = elements[0] if elements else {}
    flat = isinstance(first, dict) and next(iter(first), 'compute') not in UNDERSTOOD
    return [{'compute': elements}] if flat else elements


def _lists(grammar: Grammar, value: Any, place: str, name: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for position, element in enumerate(_list(value, place)):
        for key, inner in _object(element, f'{place}[{position}]').items():
            here, full_name = f'{place}[{position}].{key}', f'{name}.{key}'.lstrip('.')
            if key not in grammar:
                raise Invalid(f'{here}: unknown; expected one of {", ".join(grammar)}')
            below = grammar[key]
            if isinstance(below, Mapping):
                yield from _lists(below, inner, here, full_name)
            else:
                yield full_name, _entries(below, inner, here)


def _entries(keys: tuple[str, ...] | None, value: Any, place: str) -> tuple[Entry, ...]:
    entries = tuple(_object(entry, f'{place}[{position}]')
                    for position, entry in enumerate(_list(value, place)))
    if keys is None:
        return entries
    for position, entry in enumerate(entries):
        _check_entry(keys, entry, f'{place}[{position}]')
    if len(entries) > 1 and any(EVERY in entry.values() for entry in entries):
        raise Invalid(f'{place}: "{EVERY}" must be the only entry')
    return entries


def _check_entry(keys: tuple[str, ...], entry: Entry, place: str) -> None:
    if len(entry) != 1 or next(iter(entry)) not in keys:
        raise Invalid(f'{place}: expected an object with the key {" or ".join(keys)}')
    [(key, value)] = entry.items()
    if key == 'id':
        if type(value) is not int and value != EVERY:
            raise Invalid(f'{place}.id: expected a whole number or "{EVERY}"')
    elif type(value) is not str or not value:
        raise Invalid(f'{place}.{key}: expected a text that is not empty')


def _list(value: Any, place: str) -> list[Any]:
    if type(value) is not list:
        raise Invalid(f'{place}: expected a list')
    return value


def _object(value: Any, place: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise Invalid(f'{place}: expected an object')
    return value
