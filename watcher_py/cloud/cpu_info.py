# SPDX-License-Identifier: Apache-2.0
"""Nova's cpu_info: what a hypervisor's driver says of its CPU, each in a form of its own."""

import json
from collections.abc import Iterable

from watcher_py.cloud.json_values import text
from watcher_py.core.cluster import Cpu

_IS_OFF = (False, None, 'off', 'no', 'disable', 'forbid')


def cpu_of(told: object) -> Cpu:
    """As far as it can be understood; an object, or the text of one."""
    try:
        found = json.loads(told) if isinstance(told, str) else told
    except (ValueError, RecursionError):
        return Cpu()
    if not isinstance(found, dict):
        return Cpu()
    return Cpu(arch=text(found.get('arch')), vendor=text(found.get('vendor')),
               model=text(found.get('model')), features=frozenset(_features(found.get('features'))))


def _features(told: object) -> Iterable[str]:
    if isinstance(told, dict):
        return (name for name, state in told.items() if state not in _IS_OFF)
    return (name for name in told if isinstance(name, str)) if isinstance(told, list) else ()
