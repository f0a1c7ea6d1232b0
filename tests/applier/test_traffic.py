# SPDX-License-Identifier: Apache-2.0
"""All that follow migrations cost Nova one question an interval."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from watcher_py.applier.traffic import FORGOTTEN, Traffic
from watcher_py.cloud.compute_rows import MigrationNow
from watcher_py.core.errors import Refused, Unavailable


def migration(server, number, status='running', second=0, created=0):
    return MigrationNow(number, status, 'live-migration', 'cn1', 'cn2', server,
                        f'2026-01-01T10:00:{created:02}.000000', f'2026-01-01T10:00:{second:02}.000000')


@dataclass
class Nova:
    """Knows these, and counts the questions."""

    rows: list[MigrationNow] = field(default_factory=list)
    asked: Counter = field(default_factory=Counter)
    since: list[str] = field(default_factory=list)
    error: Exception | None = None

    def migrations_of(self, server):
        self.asked['one'] += 1
        return [one for one in self.rows if one.server == server][::-1]

    def migrations_since(self, moment):
        self.asked['all'] += 1
        self.since.append(moment)
        if self.error:
            raise self.error
        return [one for one in self.rows if one.updated >= moment]


class Time:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def nova():
    return Nova([migration(f's{number}', number) for number in range(50)])


@pytest.fixture
def traffic(nova, time):
    return Traffic(nova, 5.0, time)


def follow_all(traffic, number=50):
    return [traffic.after(f's{one}', None)[-1].status for one in range(number)]


def test_at_first_each_server_is_asked_for_by_itself(nova, traffic):
    assert follow_all(traffic) == ['running'] * 50
    assert nova.asked == {'one': 50}


def test_however_many_migrations_run_they_cost_a_question_an_interval(nova, traffic, time):
    follow_all(traffic)
    for _ in range(10):
        time.now += 5
        for _ in range(3):
            follow_all(traffic)
    assert nova.asked == {'one': 50, 'all': 10}


def test_a_server_that_begins_to_move_is_seen_among_all(nova, traffic, time):
    follow_all(traffic, 3)
    nova.rows.append(migration('new', 99, 'queued', second=30, created=30))
    time.now += 5
    assert [one.id for one in traffic.after('new', None)] == [99]
    assert nova.asked == {'one': 3, 'all': 1}


def test_what_has_changed_is_seen_and_what_has_not_stays_known(nova, traffic, time):
    follow_all(traffic)
    nova.rows[7] = migration('s7', 7, 'completed', second=50)
    time.now += 5
    assert traffic.after('s7', None)[0].status == 'completed'
    nova.rows = [migration('other', 100, second=59)]
    time.now += 5
    assert follow_all(traffic, 5) == ['running'] * 5
    assert nova.asked['one'] == 50


def test_the_newest_change_known_says_since_when_is_asked_with_a_margin(nova, traffic, time):
    follow_all(traffic, 1)
    nova.rows.append(migration('s0', 1, second=45))
    for _ in range(2):
        time.now += 5
        traffic.after('s0', None)
    assert nova.since == ['2026-01-01T09:59:00', '2026-01-01T09:59:45']


def test_only_younger_ones_than_the_known_are_told_the_oldest_first(nova, traffic):
    nova.rows = [migration('s', number, created=number) for number in (3, 4, 5)]
    assert [one.id for one in traffic.after('s', nova.rows[0].birth)] == [4, 5]
    assert traffic.after('s', nova.rows[2].birth) == []


def test_of_a_server_that_all_tells_nothing_of_is_asked_by_itself(nova, traffic, time):
    follow_all(traffic, 1)
    nova.rows.append(migration('slow', 99))
    nova.migrations_since = lambda moment: []
    assert [one.id for one in traffic.after('slow', None)] == [99]


def test_a_silent_nova_is_asked_once_an_interval_too(nova, traffic, time):
    follow_all(traffic)
    nova.error = Unavailable('nobody there')
    time.now += 5
    for _ in range(20):
        with pytest.raises(Unavailable, match='nobody there'):
            traffic.after('s1', None)
    assert nova.asked == {'one': 50, 'all': 1}
    nova.error = None
    time.now += 5
    assert follow_all(traffic) == ['running'] * 50


def test_a_nova_that_does_not_know_the_question_is_asked_for_each(nova, traffic, time):
    follow_all(traffic, 1)
    nova.error = Refused('Additional properties are not allowed')
    for _ in range(3):
        time.now += 5
        assert follow_all(traffic, 2) == ['running'] * 2
    assert nova.asked['all'] == 1


def test_after_a_long_rest_what_happened_meanwhile_is_not_asked_for(nova, traffic, time):
    follow_all(traffic, 1)
    time.now += FORGOTTEN
    nova.rows[0] = migration('s0', 0, 'completed')
    assert follow_all(traffic, 1) == ['completed']
    assert nova.asked == {'one': 2}


def test_what_is_over_is_forgotten(nova, traffic, time):
    follow_all(traffic)
    nova.rows = [migration(f's{number}', number, 'completed', second=1) for number in range(50)]
    nova.rows.append(replace(migration('s0', 100), updated='2026-01-01T11:00:00'))
    for _ in range(3):
        time.now += 5
        traffic.after('s0', None)
    assert {server: list(known) for server, known in traffic._known.items()} == {'s0': [100]}


def test_many_threads_ask_once(nova, traffic, time):
    follow_all(traffic)
    time.now += 5
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda number: traffic.after(f's{number % 50}', None)[-1].status,
                               range(400))) == {'running'}
    assert nova.asked['all'] == 1
