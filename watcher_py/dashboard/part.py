# SPDX-License-Identifier: Apache-2.0
"""A part of a page that may be missing without the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import WatcherError
from watcher_py.dashboard.rest import SignedOut


@dataclass(frozen=True)
class Part:
    """What the API said, or why it said nothing."""

    value: Any
    why_not: str = ''


def part(ask: Callable[..., Any], *given: Any, **named: Any) -> Part:
    try:
        return Part(ask(*given, **named))
    except SignedOut:
        raise
    except WatcherError as error:
        return Part(None, str(error))
