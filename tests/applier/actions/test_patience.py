# SPDX-License-Identifier: Apache-2.0
"""Waiting outlasts silence, but not for ever."""

import pytest

from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.patience import NAP, patiently, rest, until
from watcher_py.core.errors import TakenOver, Unavailable


def settings(timeout):
    ticks = iter(range(1000))
    return Settings(interval=1, timeout=timeout, clock=lambda: next(ticks), pause=lambda seconds: None)


def answers(*given):
    left = list(given)

    def ask():
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer
    return ask


def test_it_ends_when_it_comes_true():
    until(answers(False, Unavailable('silent'), False, True), settings(100), 'the end', Run())


def test_what_never_comes_true_is_told():
    with pytest.raises(Unavailable, match='waited 5 s in vain for the end'):
        until(answers(False), settings(5), 'the end', Run())


@pytest.mark.parametrize('wait', [lambda ask: until(ask, settings(5), 'the end', Run()),
                                  lambda ask: patiently(ask, settings(5), Run())])
def test_a_silence_that_never_ends_is_told(wait):
    with pytest.raises(Unavailable, match='nobody there'):
        wait(answers(Unavailable('nobody there')))


def test_an_answer_is_waited_for():
    assert patiently(answers(Unavailable('silent'), Unavailable('silent'), 7), settings(100), Run()) == 7


def test_what_is_not_begun_is_given_up_when_it_is_to_stop():
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        patiently(answers(Unavailable('silent'), 7), settings(100), run, is_begun=False)
    assert patiently(answers(Unavailable('silent'), 7), settings(100), run) == 7


@pytest.mark.parametrize('wait', [lambda run: until(answers(False), settings(100), 'the end', run),
                                  lambda run: patiently(answers(Unavailable('silent')), settings(100), run)])
def test_what_another_process_has_taken_over_is_not_waited_for(wait):
    run = Run()
    run.lost.set()
    with pytest.raises(TakenOver):
        wait(run)


@pytest.mark.parametrize('told', ['stop', 'force', 'lost'])
def test_a_rest_ends_when_something_is_told_and_only_once(told):
    run, pauses = Run(), []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            getattr(run, told).set()

    patience = Settings(interval=10 * NAP, pause=pause)
    rest(patience, run)
    assert pauses == [NAP, NAP]
    rest(patience, run)
    assert sum(pauses) == 12 * NAP
