# SPDX-License-Identifier: Apache-2.0
"""What is looked at to say whether a service lives and whether it is of use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from oslo_db.exception import DBError

from watcher_py.core.errors import WatcherError
from watcher_py.db.models import Service
from watcher_py.db.store import Store
from watcher_py.monitor.fresh import Fresh

WELL = 'ok'
FAILED = 'failed'


@dataclass(frozen=True)
class Check:
    """`ask` gives the sentence of what is wrong, or None; it may raise errors of ours, and must not wait."""

    name: str
    ask: Callable[[], str | None]
    decides: bool = True        # False: it is told, but the service can do without


@dataclass(frozen=True)
class Findings:
    """What became of some checks, by name: 'ok', or what is wrong."""

    are_well: bool
    sentences: dict[str, str]

    def words(self) -> dict[str, str]:
        """The same for strangers, who learn no addresses."""
        return {name: said if said == WELL else FAILED for name, said in self.sentences.items()}


def examine(checks: Iterable[Check]) -> Findings:
    asked = {check: _said(check) for check in checks}
    return Findings(all(said == WELL for check, said in asked.items() if check.decides),
                    {check.name: said for check, said in asked.items()})


def database(store: Store) -> Check:
    """Whether the database answers, with our tables in it."""
    count: Fresh[int] = Fresh('the database', lambda: store.count(Service))

    def ask() -> None:
        count()

    return Check('database', ask)


def kept(check: Check) -> Check:
    """The same check, made at most every few seconds and not waited for longer."""
    return Check(check.name, Fresh(check.name, check.ask), check.decides)


def _said(check: Check) -> str:
    try:
        return check.ask() or WELL
    except (DBError, WatcherError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
