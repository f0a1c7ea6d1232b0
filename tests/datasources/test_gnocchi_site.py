# SPDX-License-Identifier: Apache-2.0
"""What Gnocchi says in place of an answer is told."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasources.archived import NOW, gauge, gnocchi, need
from tests.datasources.fake_gnocchi import policy
from tests.datasources.nonsense import ANSWERS, Parrot
from watcher_py.core.errors import Invalid, Refused, Unavailable, WatcherError
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.gnocchi import Gnocchi
from watcher_py.datasources.gnocchi_site import Gate


@pytest.fixture
def source(fake):
    return gnocchi(fake)


def test_what_passes_is_tried_again(fake):
    fake.add('instance', 's1', memory_resident=gauge(1))
    fake.first = [(503, 'busy'), (500, {}), (429, '')]
    assert gnocchi(fake, tries=4).read(need()).values == {'s1': 1}


@pytest.mark.parametrize(('answer', 'kind', 'words'), [
    ((500, 'broken'), Unavailable, 'HTTP 500'), ((401, {}), Refused, 'HTTP 401'),
    ((403, {'description': 'no'}), Refused, 'HTTP 403: no'), ((200, '<html>'), Unavailable, 'not an answer'),
    ((200, [3]), Unavailable, 'not an answer'), ((200, {'id': 1}), Unavailable, 'not an answer'),
    ((200, [{'id': 'x'}]), Unavailable, 'not an answer'), ((302, ''), Unavailable, 'HTTP 302')])
def test_an_answer_that_is_none_is_told(fake, source, answer, kind, words):
    fake.first = [answer]
    with pytest.raises(kind, match=words):
        source.read(need())


@pytest.mark.parametrize('told', [
    {}, {'measures': 3}, {'measures': {'x': {'mean': [1]}}}, {'measures': {'x': []}}, 'cut off {'])
def test_points_that_are_none_are_told(fake, source, told):
    fake.add('instance', 's1', memory_resident=gauge(1))
    source.read(need())
    fake.first = [(200, told)]
    with pytest.raises(Unavailable, match='not an answer of Gnocchi'):
        source.read(need())


def test_a_complaint_that_names_nobody_is_invalid_in_its_own_words(fake, source):
    fake.add('instance', 's1', memory_resident=gauge(1))
    source.read(need())
    fake.first = [(400, {'description': 'Invalid value for start'})]
    with pytest.raises(Invalid, match='HTTP 400: Invalid value for start'):
        source.read(need())


SENSE = [(200, [{'id': 'r', 'original_resource_id': 's1', 'metrics': {'memory.resident': 'id'}}]),
         (200, {'archive_policy': policy('low', ['mean'], [300])}),
         (200, {'measures': {'id': {'mean': [['2023-11-14T22:00:00+00:00', 300, 1]]}}})]


@given(ANSWERS, st.sampled_from(range(len(SENSE))))
def test_no_nonsense_is_more_than_an_error(answer, sense):
    source = Gnocchi(Gate(Parrot([*SENSE[:sense], answer]), Patience(1)), clock=lambda: NOW)
    with contextlib.suppress(WatcherError):
        source.read(need())


def test_sense_is_not_nonsense():
    source = Gnocchi(Gate(Parrot(SENSE)), clock=lambda: NOW)
    assert source.read(need(period=86400)).values == {'s1': 1}
