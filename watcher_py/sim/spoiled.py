# SPDX-License-Identifier: Apache-2.0
"""Answers as they must not be: JSON that is cut, of the wrong shape, or with a row that lacks a key."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from watcher_py.sim.faults import Kind

Json = Any
Keys = tuple[str, ...]

# The keys that a row may lose, by the list or map that it stands in; it may also be lost as a whole.
LOST: Mapping[str, tuple[Keys, ...]] = {
    'servers': (('id',), ('flavor',), ('flavor', 'vcpus'), ('flavor', 'extra_specs'), ('image', 'properties'),
                ('OS-EXT-SRV-ATTR:host',), ('OS-EXT-STS:vm_state',), ('metadata',)),
    'hypervisors': (('id',), ('service',), ('service', 'host'), ('hypervisor_hostname',), ('cpu_info',)),
    'services': (('host',), ('status',), ('state',)),
    'aggregates': (('hosts',), ('metadata',), ('name',)),
    'server_groups': (('members',), ('policy',), ('id',)),
    'migrations': (('status',), ('instance_uuid',), ('dest_compute',)),
    'pools': (('name',), ('capabilities',), ('capabilities', 'free_capacity_gb')),
    'volumes': (('id',), ('size',), ('status',), ('attachments',), ('os-vol-host-attr:host',)),
    'volume_types': (('name',), ('id',), ('extra_specs',)),
    'snapshots': (('id',), ('volume_id',)),
    'nodes': (('uuid',), ('power_state',), ('maintenance',), ('extra',)),
    'resource_providers': (('uuid',), ('generation',), ('root_provider_uuid',)),
    'provider_summaries': (('resources',), ('traits',), ('resources', 'MEMORY_MB', 'used')),
    'inventories': (('total',), ('allocation_ratio',), ('reserved',)),
    'usages': (),
}


def spoil(kind: Kind, body: bytes, dice: random.Random) -> bytes:
    """The answer, spoiled in one of the ways that leave the connection whole."""
    return _WAYS[kind](body, dice)


def _cut(body: bytes, dice: random.Random) -> bytes:
    return body[:dice.randrange(1, max(len(body), 2))]


def _html(body: bytes, dice: random.Random) -> bytes:
    return b'<html><body><h1>502 Bad Gateway</h1></body></html>'


def _list(body: bytes, dice: random.Random) -> bytes:
    return b'[' + body + b']'


def _null(body: bytes, dice: random.Random) -> bytes:
    return b'null'


def _keyless(body: bytes, dice: random.Random) -> bytes:
    return b'{"message": "OK"}'


def _with_a_broken_row(body: bytes, dice: random.Random) -> bytes:
    """As it was where there is no row to break."""
    answer = json.loads(body)
    for key, ways in LOST.items():
        rows = answer.get(key) if isinstance(answer, dict) else None
        if rows:
            place = dice.choice(sorted(rows) if isinstance(rows, dict) else range(len(rows)))
            if lost := dice.choice((*ways, ())):
                rows[place] = _without(rows[place], lost)
            elif isinstance(rows, dict):
                del rows[place]
            else:
                rows[place] = None
            break
    return json.dumps(answer).encode()


def _without(row: Json, keys: Keys) -> Json:
    """The row without the key at the end of this path; as it was when the path leads nowhere."""
    first, *others = keys
    if not isinstance(row, dict) or first not in row:
        return row
    if others:
        return row | {first: _without(row[first], tuple(others))}
    return {key: value for key, value in row.items() if key != first}


_WAYS: Mapping[Kind, Callable[[bytes, random.Random], bytes]] = {
    Kind.CUT: _cut, Kind.HTML: _html, Kind.LIST: _list, Kind.NULL: _null, Kind.KEYLESS: _keyless,
    Kind.ROW: _with_a_broken_row}
