# SPDX-License-Identifier: Apache-2.0
"""What is heard is kept in order until it is taken, within bounds."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from watcher_py.bus.notice import Notice
from watcher_py.engine.collector.feed import Feed, Heard


def notice(event_type='instance.lock', payload=None):
    return Notice('nova-compute:cn1', event_type, payload, 0.0)


def test_what_was_heard_is_taken_once_and_in_order():
    feed = Feed(lambda one: one.payload)
    for number in range(3):
        feed.hear(notice(payload=number))
    assert feed.waiting == 3
    assert feed.take() == Heard((0, 1, 2))
    assert feed.take() == Heard()
    assert feed.waiting == 0


def test_it_tells_how_much_was_heard_and_when_last():
    feed = Feed(lambda one: one.payload, clock=lambda: 1234.5)
    assert (feed.heard, feed.last) == (0, None)
    feed.hear(notice(payload=None))
    feed.hear(notice(payload=7))
    assert (feed.heard, feed.waiting, feed.last) == (2, 1, 1234.5)


def test_what_is_malformed_is_dropped_with_a_warning_that_names_it(caplog):
    feed = Feed(lambda one: one.payload['uuid'])
    for payload in (None, {}, 'secret'):
        feed.hear(notice(payload=payload))
    feed.hear(notice(payload={'uuid': 's1'}))
    assert feed.take() == Heard(('s1',))
    assert feed.malformed == 3
    assert len(caplog.messages) == 3
    assert all('instance.lock of nova-compute:cn1 is dropped' in message for message in caplog.messages)
    assert 'secret' not in caplog.text


def test_what_nobody_takes_is_dropped_and_that_is_told(caplog):
    feed = Feed(lambda one: one.payload, limit=10)
    for number in range(25):
        feed.hear(notice(payload=number))
    assert feed.waiting == 0
    assert feed.take() == Heard((), overflowed=True)
    assert caplog.messages == ['10 notifications wait: they are dropped, the cloud is read instead']
    feed.hear(notice(payload=25))
    assert feed.take() == Heard((25,))


def test_nothing_is_lost_or_doubled_between_those_who_hear_and_the_one_who_takes():
    feed, done = Feed(lambda one: one.payload), Event()
    taken = []

    def take():
        while not done.is_set():
            taken.extend(feed.take().events)

    def hear(start):
        for number in range(start, start + 2000):
            feed.hear(notice(payload=number))

    with ThreadPoolExecutor(5) as pool:
        taking = pool.submit(take)
        list(pool.map(hear, range(0, 8000, 2000)))
        done.set()
        taking.result()
    taken.extend(feed.take().events)
    assert sorted(taken) == list(range(8000))
