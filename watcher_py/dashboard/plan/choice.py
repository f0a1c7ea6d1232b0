# SPDX-License-Identifier: Apache-2.0
"""Which actions of a plan an operator leaves out."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from watcher_py.core.errors import Invalid
from watcher_py.core.states import ActionState
from watcher_py.dashboard.plan.deed import Deed


def ticked(deeds: Sequence[Deed], numbers: Iterable[str]) -> list[Deed]:
    """The deeds with these numbers, but those that are skipped already."""
    return _not_skipped(_numbered(deeds, numbers))


def after_best(deeds: Iterable[Deed], by_worth: Sequence[str], keep: str) -> list[Deed]:
    """All moves but the first `keep` of those by worth, which are uuids."""
    best = set(by_worth[:_number(keep)])
    return _not_skipped(deed for deed in deeds if deed.is_move and deed.uuid not in best)


def falling(deeds: Iterable[Deed], dropped: Collection[str], left_out: Iterable[Deed]) -> list[Deed]:
    """What can't be done without those, besides them: `dropped` are uuids."""
    gone = set(dropped) - {deed.uuid for deed in left_out}
    return [deed for deed in deeds if deed.uuid in gone and deed.state != ActionState.SKIPPED]


def _not_skipped(deeds: Iterable[Deed]) -> list[Deed]:
    return [deed for deed in deeds if deed.state != ActionState.SKIPPED]


def _numbered(deeds: Sequence[Deed], numbers: Iterable[str]) -> Iterator[Deed]:
    for number in sorted(set(map(_number, numbers))):
        if not 1 <= number <= len(deeds):
            raise Invalid(f'The plan has no action {number}: they are numbered from 1 to {len(deeds)}')
        yield deeds[number - 1]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(f'{text!r} is no number of an action')
    return int(text)
