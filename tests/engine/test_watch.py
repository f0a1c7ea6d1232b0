# SPDX-License-Identifier: Apache-2.0
"""Of a service that fails or comes back one engine tells, once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from watcher_py.db.models import Service
from watcher_py.db.store import Store
from watcher_py.engine.watch import Watch

ENGINE = 'watcher-decision-engine'
START = datetime(2026, 11, 20, 9, 0)
DOWN_AFTER = timedelta(seconds=90)


class Told:
    """Hears which service has become what."""

    def __init__(self) -> None:
        self.of: list[tuple[str, str, str, str]] = []

    def service_changed(self, service: Service, before: str, after: str) -> None:
        self.of.append((service.name, service.host, before, after))


class Region:
    """Services that beat as the test says, and a watch on any host."""

    def __init__(self, store: Store) -> None:
        self.store, self.told = store, Told()
        self.moment = START

    def beat(self, host: str, name: str = ENGINE) -> None:
        row = next(iter(self.store.find(Service, host=host, name=name)), None)
        if row is None:
            self.store.add(Service(host=host, name=name, last_seen_up=self.moment))
        else:
            self.store.change(row, last_seen_up=self.moment)

    def pass_time(self, *, alive: tuple[str, ...]) -> None:
        self.moment += 2 * DOWN_AFTER
        for host in alive:
            self.beat(host)

    def watch(self, host: str) -> Watch:
        return Watch(self.store, self.told, ENGINE, host, DOWN_AFTER,  # type: ignore[arg-type]
                     lambda: self.moment)


@pytest.fixture
def region(store: Store) -> Region:
    return Region(store)


@pytest.fixture
def watches(region: Region) -> Callable[..., list[Watch]]:
    """Watches on these hosts, whose engines live, after a first look."""
    def make(*hosts: str) -> list[Watch]:
        found = [region.watch(host) for host in hosts]
        for host in hosts:
            region.beat(host)
        look(found)
        return found
    return make


def look(watches: Any) -> None:
    for watch in watches:
        watch.look()


def test_what_is_seen_for_the_first_time_is_no_news(region: Region, watches: Any) -> None:
    region.beat('ctl2', 'watcher-applier')
    region.moment += 2 * DOWN_AFTER
    watches('ctl1')
    assert region.told.of == []


def test_a_failure_is_told_once_and_so_is_the_return(region: Region, watches: Any) -> None:
    region.beat('ctl2', 'watcher-applier')
    watch = watches('ctl1')
    region.pass_time(alive=('ctl1',))
    look(watch * 2)
    assert region.told.of == [('watcher-applier', 'ctl2', 'ACTIVE', 'FAILED')]
    region.beat('ctl2', 'watcher-applier')
    look(watch * 2)
    assert region.told.of[1:] == [('watcher-applier', 'ctl2', 'FAILED', 'ACTIVE')]


def test_of_several_engines_the_first_by_name_tells(region: Region, watches: Any) -> None:
    both = watches('ctl2', 'ctl1')
    region.beat('ctl3', 'watcher-applier')
    look(both)
    region.pass_time(alive=('ctl1', 'ctl2'))
    both[0].look()
    assert region.told.of == []
    both[1].look()
    assert len(region.told.of) == 1


def test_of_the_first_engine_the_next_one_tells(region: Region, watches: Any) -> None:
    _, second = watches('ctl1', 'ctl2')
    region.pass_time(alive=('ctl2',))
    second.look()
    assert region.told.of == [(ENGINE, 'ctl1', 'ACTIVE', 'FAILED')]
