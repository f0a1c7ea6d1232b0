# SPDX-License-Identifier: Apache-2.0
"""Waiting outlasts silence, but not for ever."""

import pytest

from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.actions.patience import until
from watcher_py.core.errors import Unavailable


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
    until(answers(False, Unavailable('silent'), False, True), settings(100), 'the end')


def test_what_never_comes_true_is_told():
    with pytest.raises(Unavailable, match='waited 5 s in vain for the end'):
        until(answers(False), settings(5), 'the end')


def test_a_silence_that_never_ends_is_told():
    with pytest.raises(Unavailable, match='nobody there'):
        until(answers(Unavailable('nobody there')), settings(5), 'the end')
