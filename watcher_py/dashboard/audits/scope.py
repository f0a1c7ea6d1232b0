# SPDX-License-Identifier: Apache-2.0
"""The part of the cloud that an audit may touch: made of choices, and told in words."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Scope = list[Any]

PARTS = ('compute', 'storage')
WORDS = {'host_aggregates': 'host aggregates', 'availability_zones': 'availability zones',
         'compute_nodes': 'hosts', 'instances': 'servers', 'instance_metadata': 'servers with metadata',
         'projects': 'servers of projects', 'volume_types': 'volume types', 'storage_pools': 'storage pools',
         'volumes': 'volumes'}
EVERYTHING = 'The whole cloud'


def made_of(zones: Sequence[str], aggregates: Sequence[str], left_out: Sequence[str]) -> Scope:
    """The hosts of these zones and aggregates together, or all, without those that are left out."""
    rules: list[Any] = []
    if aggregates:
        rules.append({'host_aggregates': _named(aggregates)})
    if zones:
        rules.append({'availability_zones': _named(zones)})
    if left_out:
        rules.append({'exclude': [{'compute_nodes': _named(left_out)}]})
    return [{'compute': rules}] if rules else []


def sentences(scope: Any) -> list[str]:
    """A scope in words, whoever wrote it."""
    return list(_told(scope)) or [EVERYTHING]


def _named(names: Iterable[str]) -> list[dict[str, str]]:
    return [{'name': name} for name in names]


def _told(scope: Any) -> Iterator[str]:
    for part in _items(scope):
        # The older style has rules of compute at the top.
        parts = part if part.keys() & set(PARTS) else {'compute': [part]}
        for rules in parts.values():
            for rule in _items(rules):
                yield from _rule(rule)


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    for key, value in rule.items():
        if key == 'exclude':
            yield from (f'Without {words}' for item in _items(value) for words in _rule(item))
        else:
            names = map(_name, value if isinstance(value, list) else [value])
            yield f'{WORDS.get(key, key)} {", ".join(names)}'


def _name(entry: Any) -> str:
    if isinstance(entry, Mapping):
        for key in ('name', 'uuid', 'id'):
            if key in entry:
                return 'all' if entry[key] == '*' else str(entry[key])
    return json.dumps(entry, ensure_ascii=False)


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
