# SPDX-License-Identifier: Apache-2.0
"""Which volume types a storage pool offers, as Cinder's scheduler sees it."""

from collections.abc import Mapping, Sequence
from typing import Any

from watcher_py.cloud.json_values import truth
from watcher_py.core.rules.specs import satisfies
from watcher_py.core.storage import VolumeType

# Extra specs of other scopes are for drivers, but for the one that chooses zones.
_SCOPE = 'capabilities'
_ZONES = 'RESKEY:availability_zones'


def offered(types: Sequence[VolumeType], capabilities: Mapping[str, Any], zone: str) -> frozenset[str]:
    """The names of the types whose extra specs the pool satisfies; what isn't told is not offered."""
    return frozenset(one.name for one in types if one.extra_specs is not None and all(
        _has(capabilities, zone, key, asked) for key, asked in one.extra_specs.items()))


def _has(capabilities: Mapping[str, Any], zone: str, key: str, asked: str) -> bool:
    if key == _ZONES:
        return zone in [name.strip() for name in asked.split(',')]
    *scope, name = key.split(':')
    if scope and scope[0] != _SCOPE:
        return True
    value: Any = capabilities
    for part in (*scope[1:], name):
        value = value.get(part) if isinstance(value, Mapping) else None
    return any(_matches(one, asked) for one in (value if isinstance(value, list) else [value]))


def _matches(value: Any, asked: str) -> bool:
    if value is None:
        return False
    operator, _, wanted = asked.partition(' ')
    if operator == '<is>':
        return truth(value) == truth(wanted.strip())
    if isinstance(value, bool):
        return value == truth(asked)
    return satisfies(str(value), asked)
