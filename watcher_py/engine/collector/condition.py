# SPDX-License-Identifier: Apache-2.0
"""How well a part of the cloud is seen, for operators."""

from dataclasses import dataclass
from typing import Any

from watcher_py.core.columns import Bools, Names
from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.feed import Feed


@dataclass(frozen=True, eq=False)
class Condition:
    """Of a part that nobody has asked for yet nothing is known, and nothing is wrong."""

    part: str                           # compute, storage, baremetal
    read_at: float | None = None        # when the last reading began, seconds since the epoch; None: never
    why_blind: str = ''                 # why the last reading brought nothing
    frozen: Names = ()                  # hosts, pools or machines that are left alone
    gaps: tuple[str, ...] = ()
    drift: Drift | None = None          # None: not measured yet
    feed: Feed[Any] | None = None       # None: nobody tells what changes


def named(names: Names, which: Bools) -> Names:
    return tuple(name for name, is_meant in zip(names, which.tolist(), strict=True) if is_meant)
