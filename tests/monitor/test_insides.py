# SPDX-License-Identifier: Apache-2.0
"""What goes on inside a service is told as it is: its loops, its leases, its jobs."""

import time
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from oslo_config.cfg import ConfigOpts
from prometheus_client import CollectorRegistry

from tests.db.conftest import Seed
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.rounds import Rounds
from watcher_py.core.errors import Unavailable
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.monitor.checks import examine
from watcher_py.monitor.insides import InsideMetrics, Insides


@pytest.fixture
def leases(store: Store) -> Iterator[Leases]:
    leases = Leases(store, 'me')
    leases.start()
    yield leases
    leases.stop()


@pytest.fixture
def released() -> Iterator[Event]:
    released = Event()
    yield released
    released.set()


@pytest.fixture
def insides(store: Store, conf: ConfigOpts, leases: Leases, released: Event) -> Insides:
    jobs = Jobs('watcher-applier', store, conf, 1, lambda uuid: bool(released.wait()) and None)
    return Insides(leases, jobs, [], figures={'watcher_actions_running': ('Actions.', lambda: 3)})


@pytest.fixture
def loop(released: Event) -> Iterator[Callable[[Callable[[], None]], Rounds]]:
    begun: list[Rounds] = []

    def start(deed: Callable[[], None]) -> Rounds:
        begun.append(rounds := Rounds('look for plans', 3600, deed))
        rounds.start()
        return rounds

    yield start
    released.set()
    for rounds in begun:
        rounds.stop()


def with_loop(insides: Insides, rounds: Rounds) -> Insides:
    return Insides(insides.leases, insides.jobs, [rounds])


def until(is_true: Callable[[], Any]) -> None:
    for _ in range(3000):
        if is_true():
            return
        time.sleep(0.01)
    pytest.fail('it never came true')


def test_loops_that_turn_are_well(insides: Insides, loop: Any) -> None:
    found = examine(with_loop(insides, loop(lambda: None)).alive())
    assert (found.are_well, found.sentences) == (True, {'leases': 'ok', 'look for plans': 'ok'})


@pytest.mark.filterwarnings('ignore::pytest.PytestUnhandledThreadExceptionWarning')
def test_a_loop_that_died_of_an_error_of_ours_is_found(insides: Insides, loop: Any) -> None:
    rounds = loop(lambda: 1 / 0)
    until(lambda: not rounds.is_alive())
    found = examine(with_loop(insides, rounds).alive())
    assert (found.are_well, found.sentences['look for plans']) == (False, 'its thread has ended')


def test_a_loop_that_hangs_is_found(insides: Insides, loop: Any, released: Event) -> None:
    rounds = loop(released.wait)
    until(lambda: rounds.busy_since)
    assert examine(with_loop(insides, rounds).alive()).are_well
    rounds.busy_since = time.monotonic() - 1000
    found = examine(with_loop(insides, rounds).alive())
    assert found.sentences['look for plans'] == 'its turn has lasted 1000 s'


def test_a_loop_that_meets_what_is_away_lives_on(insides: Insides, loop: Any) -> None:
    tried = Event()

    def fail() -> None:
        tried.set()
        raise Unavailable('the database does not answer')

    rounds = loop(fail)
    tried.wait(30)
    until(lambda: rounds.busy_since is None)
    assert examine(with_loop(insides, rounds).alive()).are_well


def test_leases_that_are_not_renewed_make_a_service_unready(
        insides: Insides, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine([insides.leased()]).are_well
    monkeypatch.setattr(insides.leases, 'renewed_ago', lambda: 40.0)
    assert examine([insides.leased()]).sentences == {'leases': 'have not been renewed for 40 s'}


def test_leases_jobs_and_figures_are_told(insides: Insides, seed: Seed, released: Event) -> None:
    insides.leases.claim(seed.audit(), 'PENDING', 'ONGOING')
    for job in 'abc':
        insides.jobs.submit(job)
    until(lambda: insides.jobs.running == 1)
    registry = CollectorRegistry()
    registry.register(InsideMetrics(insides))
    value = registry.get_sample_value
    assert value('watcher_leases', {'noun': 'audit'}) == 1
    assert value('watcher_leases', {'noun': 'plan'}) == 0
    assert value('watcher_jobs', {'state': 'running'}) == 1
    assert value('watcher_jobs', {'state': 'waiting'}) == 2
    assert value('watcher_takeovers_total') == 0
    assert value('watcher_actions_running') == 3
    assert value('watcher_notifications_unsent') == 0


def test_a_state_dump_names_what_is_held(insides: Insides, seed: Seed, loop: Any) -> None:
    audit = seed.audit()
    insides.leases.claim(audit, 'PENDING', 'ONGOING')
    rounds = loop(lambda: None)
    until(lambda: rounds.busy_since is None)
    lines = list(with_loop(insides, rounds).lines())
    assert f'  holds audit {audit.uuid}, fence 1' in lines
    assert 'Jobs: 0 running, 0 waiting' in lines
    assert 'Loop "look for plans": waits' in lines
    assert lines[0].startswith(f'Owner {insides.leases.owner}, leases renewed ')
