# SPDX-License-Identifier: Apache-2.0
"""Letters are sent in order, and nobody waits for a bus that is away."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest

from watcher_py.bus import outbox
from watcher_py.bus.messaging import oslo_messaging
from watcher_py.bus.outbox import COMPLAINTS, Letter, Outbox

PATIENCE = 20


def letter(number: int) -> Letter:
    return Letter(f'event.{number}', 'info', {})


class Bus:
    """Takes letters, or complains of an error as oslo.messaging does: to its log alone."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.error: Exception | None = None
        self.unsendable: str | None = None          # where only one letter meets the error
        self.tried, self.may_go_on = Event(), Event()
        self.may_go_on.set()
        self.has_all = Event()      # three letters

    def send(self, letter: Letter) -> None:
        self.tried.set()
        self.may_go_on.wait(PATIENCE)
        if self.error is None or self.unsendable not in (None, letter.event_type):
            self.taken.append(letter.event_type)
            if len(self.taken) == 3:
                self.has_all.set()
            return
        try:
            raise self.error
        except Exception:
            logging.getLogger(COMPLAINTS).exception('Could not send %s', letter.payload)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    monkeypatch.setattr(outbox, 'FIRST_PAUSE', 0.001)
    monkeypatch.setattr(outbox, 'LONGEST_PAUSE', 0.01)
    return Bus()


@pytest.fixture
def box(bus: Bus) -> Iterator[Outbox]:
    box = Outbox(bus.send)
    yield box
    box.close()


def test_letters_are_sent_in_order(bus: Bus, box: Outbox) -> None:
    for number in range(100):
        box.put(letter(number))
    box.close()
    assert bus.taken == [f'event.{number}' for number in range(100)]


def test_who_puts_a_letter_does_not_wait_for_the_bus(bus: Bus, box: Outbox) -> None:
    bus.may_go_on.clear()
    for number in range(3):
        box.put(letter(number))
    assert bus.tried.wait(PATIENCE)
    assert bus.taken == []
    bus.may_go_on.set()
    box.close()
    assert len(bus.taken) == 3


def test_a_bus_that_is_away_is_told_of_once_and_loses_nothing(
        bus: Bus, box: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bus.error = oslo_messaging.MessageDeliveryFailure('nobody there')
    for number in range(3):
        box.put(letter(number))
    for _ in range(5):                      # so many tries
        bus.tried.clear()
        assert bus.tried.wait(PATIENCE)
    bus.error = None
    assert bus.has_all.wait(PATIENCE)
    box.close()
    assert bus.taken == ['event.0', 'event.1', 'event.2']
    assert [record.getMessage() for record in caplog.records] == [
        'Notifications wait: the message bus does not take them: nobody there',
        'Notifications are sent again']


def test_a_letter_that_can_not_be_sent_does_not_hold_up_the_next(
        bus: Bus, box: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    bus.error = TypeError('not a document')
    bus.unsendable = 'event.0'
    box.put(letter(0))
    box.put(letter(1))
    box.close()
    assert bus.taken == ['event.1']
    assert [record.getMessage() for record in caplog.records] == [
        'Notification event.0 is dropped: not a document']


def test_what_is_too_much_is_lost_and_told_of_once(
        bus: Bus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(outbox, 'KEPT', 2)
    box = Outbox(bus.send)
    bus.may_go_on.clear()
    box.put(letter(0))
    assert bus.tried.wait(PATIENCE)         # one is on its way, and two wait
    for number in range(1, 6):
        box.put(letter(number))
    bus.may_go_on.set()
    box.close()
    assert bus.taken[:2] == ['event.0', 'event.1']
    assert len(caplog.records) == 1
    assert 'Notifications are lost' in caplog.records[0].getMessage()


def test_closing_what_was_never_used_is_harmless(bus: Bus) -> None:
    Outbox(bus.send).close()
