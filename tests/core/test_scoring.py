# SPDX-License-Identifier: Apache-2.0
"""Scoring engines turn a list of numbers into a score, and refuse what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core.errors import Invalid
from watcher_py.core.scorers.dummy import CLASSES, FEATURES, SCORER
from watcher_py.core.scorers.dummy_container import engines

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def load(cpu=0.0, free=1000.0, disk=0.0):
    return json.dumps([cpu, 1000, free, 0, 0, disk, 0, 0, 0])


@pytest.mark.parametrize(('features', 'busy_with'), [
    (load(), 'idle'), (load(cpu=90), 'cpu'), (load(free=100), 'memory'), (load(disk=500), 'disk')])
def test_a_node_is_told_by_what_it_is_busy_with(features, busy_with):
    number, *probabilities = json.loads(SCORER.calculate_score(features))
    assert CLASSES[number] == busy_with
    assert max(probabilities) == probabilities[number]


@given(st.lists(FINITE, min_size=9, max_size=9))
def test_there_are_four_probabilities_that_make_one(features):
    number, *probabilities = json.loads(SCORER.calculate_score(json.dumps(features)))
    assert number in range(4)
    assert len(probabilities) == 4
    assert all(0 <= one <= 1 for one in probabilities)
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_its_metainfo_tells_what_goes_in_and_what_comes_out():
    metainfo = json.loads(SCORER.metainfo)
    assert metainfo['feature_columns'] == list(FEATURES)
    assert len(metainfo['result_columns']) == 5


def test_the_engines_of_the_container_summarize():
    scores = {engine.name: json.loads(engine.calculate_score('[1, 2.5, 4]')) for engine in engines()}
    assert scores == {'dummy_min_scorer': [1], 'dummy_max_scorer': [4], 'dummy_avg_scorer': [2.5]}
    assert all(json.loads(engine.metainfo) for engine in engines())


@pytest.mark.parametrize('features', [
    '', '[]', '{}', '3', 'null', '["1"]', '[true]', '[[1]]', '[NaN]', '[Infinity]', '[1e999]',
    f'[1{"0" * 5000}]', '[' * 100_000])
def test_what_is_no_list_of_numbers_is_refused(features):
    for engine in (SCORER, *engines()):
        with pytest.raises(Invalid, match='JSON list of numbers'):
            engine.calculate_score(features)


def test_the_classifier_wants_all_of_its_features():
    with pytest.raises(Invalid, match='9 features are needed'):
        SCORER.calculate_score('[1, 2]')
