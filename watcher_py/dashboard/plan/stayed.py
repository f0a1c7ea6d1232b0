# SPDX-License-Identifier: Apache-2.0
"""What a plan leaves where it is, grouped by why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stay:
    """Those that stay for one reason: pairs of uuid and name."""

    reason: str
    members: Sequence[tuple[str, str]]


def stays_of(reasons: Mapping[str, str], names: Mapping[str, str]) -> list[Stay]:
    """Of reasons by uuid; the most common reason first, members by name."""
    members: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for uuid, reason in reasons.items():
        members[reason].append((uuid, names.get(uuid, uuid)))
    groups = [Stay(reason, sorted(those, key=lambda pair: pair[1])) for reason, those in members.items()]
    return sorted(groups, key=lambda group: (-len(group.members), group.reason))
