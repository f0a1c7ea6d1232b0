# SPDX-License-Identifier: Apache-2.0
"""What may be asked of an action that runs, and how it is asked about."""

from collections.abc import Callable
from dataclasses import dataclass

from watcher_py.core.states import Wish
from watcher_py.dashboard.plan.deed import Deed


@dataclass(frozen=True)
class Request:
    """`asked` says that somebody has done so already."""

    wish: Wish
    label: str
    question: str
    asked: str
    kind: str = ''

    @property
    def rule(self) -> str:
        """The policy's."""
        return f'action:{self.wish}'


ABORT = Request(
    Wish.ABORT, 'Abort', 'Give this migration up? The server stays where it is, and what needs the move is '
    'not done.', 'is being aborted', 'danger')
FORCE = Request(
    Wish.FORCE_COMPLETE, 'Force to its end', 'Force this migration to its end? The server stands still until '
    'the rest of its memory is copied.', 'is being forced to its end')
REQUESTS = {request.wish.value: request for request in (ABORT, FORCE)}


def possible(deed: Deed, may: Callable[[str], bool]) -> list[Request]:
    """What this user can ask of it as it runs."""
    if not deed.is_live_move:
        return []
    return [request for request in REQUESTS.values()
            if deed.row.get('wish') not in (request.wish, Wish.ABORT) and may(request.rule)]


def asked(deed: Deed) -> str:
    """What is asked of it already."""
    request = REQUESTS.get(deed.row.get('wish') or '')
    return request.asked if request else ''
