# SPDX-License-Identifier: Apache-2.0
"""A service that is silent, or says no, is asked whether it has heard before it is asked again."""

import pytest

from watcher_py.applier.actions.asking import Asking
from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.core.errors import Refused, TakenOver, Unavailable

SILENT, NO = Unavailable('nobody answers'), Refused('it is done already')


class Service:
    """Says what it is told to say to each request, and hears those that it is told to hear."""

    def __init__(self, *answers, hears=()):
        self.answers, self.hears = list(answers), hears
        self.asked = 0

    def ask(self):
        self.asked += 1
        if self.asked <= len(self.answers):
            raise self.answers[self.asked - 1]

    def was_heard(self):
        return self.asked in self.hears


class Time:
    """Passes while somebody pauses."""

    def __init__(self):
        self.now = 0.0

    def settings(self, timeout=60.0):
        return Settings(interval=5.0, timeout=timeout, clock=lambda: self.now, pause=self.pause)

    def pause(self, seconds):
        self.now += seconds


def request(service, run=None, timeout=60.0, check=lambda: None):
    Asking(Time().settings(timeout), run or Run()).request(service.ask, service.was_heard, 'a deed', check)
    return service.asked


def test_what_is_accepted_is_asked_for_once():
    assert request(Service()) == 1


@pytest.mark.parametrize('answer', [SILENT, NO])
def test_what_was_heard_is_not_asked_for_again(answer):
    assert request(Service(answer, hears=[1])) == 1


def test_what_was_not_heard_is_asked_for_again():
    assert request(Service(SILENT, SILENT)) == 3
    assert request(Service(SILENT, SILENT, SILENT, hears=[2])) == 2


def test_a_no_is_told():
    with pytest.raises(Refused, match='it is done already'):
        request(Service(NO))


def test_nobody_asks_for_ever():
    service = Service(*[SILENT] * 99)
    with pytest.raises(Unavailable, match='nobody answers'):
        request(service, timeout=20.0)
    assert service.asked == 5


def test_nothing_is_asked_for_again_once_the_plan_is_cancelled():
    run, service = Run(), Service(SILENT)

    def was_heard():
        run.stop.set()
        return False
    service.was_heard = was_heard
    with pytest.raises(Cancelled):
        request(service, run)
    assert service.asked == 1


def test_nothing_is_asked_by_who_was_replaced():
    def guard():
        raise TakenOver('another has it')
    service = Service()
    with pytest.raises(TakenOver):
        request(service, Run(guard=guard))
    assert service.asked == 0


def test_what_is_checked_before_is_checked_each_time():
    checks = []
    request(Service(SILENT), check=lambda: checks.append(1))
    assert len(checks) == 2

    def check():
        raise Refused('not empty')
    with pytest.raises(Refused, match='not empty'):
        request(Service(), check=check)


def test_an_answer_is_waited_for_until_the_time_is_over():
    answers = [SILENT, SILENT]

    def look():
        if answers:
            raise answers.pop()
        return 7
    assert Asking(Time().settings(), Run()).answer(look, 'a number') == 7
    answers += [SILENT] * 99
    with pytest.raises(Unavailable, match='nobody answers'):
        Asking(Time().settings(), Run()).at_length(10.0).answer(look, 'a number')


def test_the_way_back_has_a_memory_of_its_own_and_is_not_cancelled():
    run = Run()
    run.memory.note(way='there')
    run.stop.set()
    back = Asking(Settings(), run).on_the_way_back()
    back.run.memory.note(way='back')
    assert not back.run.stop.is_set()
    assert (run.memory.get('way'), run.memory.get('revert')) == ('there', {'way': 'back'})
    assert Asking(Settings(), run).on_the_way_back().run.memory.get('way') == 'back'
