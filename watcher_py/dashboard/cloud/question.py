# SPDX-License-Identifier: Apache-2.0
"""What if: what somebody asks, as it was written into the form and as the API takes it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MIB_IN_GIB = 1024
SIZES = ('vcpus', 'memory_gib', 'disk_gb')
# What most clouds have a flavor of.
USUAL = {'vcpus': '4', 'memory_gib': '8', 'disk_gb': '40'}


@dataclass(frozen=True)
class Question:
    """`faults` says of a field what is wrong with it; `body` is None as long as nothing can be asked."""

    fields: Mapping[str, str]
    faults: Mapping[str, str]
    body: Mapping[str, Any] | None


def question(given: Mapping[str, str]) -> Question:
    """Names are parted by spaces or commas; without a count nothing is added."""
    fields = {name: given.get(name, '').strip() for name in ('lost', 'emptied', 'count')}
    fields |= {name: given.get(name, '').strip() or USUAL[name] for name in SIZES}
    lost, emptied = (_names(fields[name]) for name in ('lost', 'emptied'))
    faults: dict[str, str] = {}
    add = []
    if fields['count']:
        size = {name: _figure(fields[name], kind, least, faults, name) for name, kind, least in (
            ('count', int, 1), ('vcpus', int, 1), ('memory_gib', float, 0), ('disk_gb', int, 0))}
        if not faults:
            add = [{'count': size['count'], 'vcpus': size['vcpus'],
                    'memory_mb': round(size['memory_gib'] * MIB_IN_GIB), 'disk_gb': size['disk_gb']}]
    is_asked = bool(lost or emptied or add) and not faults
    body = {'lost_hosts': lost, 'emptied_hosts': emptied, 'add': add}
    return Question(fields, faults, body if is_asked else None)


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name for name in re.split(r'[\s,]+', text) if name))


def _figure(text: str, kind: Callable[[str], Any], least: int, faults: dict[str, str], field: str) -> Any:
    try:
        figure = kind(text)
    except ValueError:
        figure = None
    # Also of what is no number.
    if figure is None or not least <= figure < float('inf'):
        faults[field] = f'This must be a{" whole" if kind is int else ""} number of at least {least}'
    return figure
