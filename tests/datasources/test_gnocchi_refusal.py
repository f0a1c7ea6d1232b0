# SPDX-License-Identifier: Apache-2.0
"""Whom a refusal of Gnocchi's is about is taken out, the others are asked for again."""

import pytest

from tests.datasources.nonsense import Parrot
from watcher_py.datasources.gnocchi_refusal import Refusal, refusal

IDS = ['a', 'b', 'c']


def _told(description):
    return refusal(Parrot([(400, {'code': 400, 'description': description})]).send('POST', 'aggregates'), IDS)


@pytest.mark.parametrize(('description', 'expected'), [
    ({'cause': 'Unknown metrics', 'detail': ['b', 'x']}, Refusal(['a', 'c'], [], False)),
    ({'cause': 'Metrics cannot be aggregated', 'detail': [['c', 'mean', 300.0], ['a', 'mean', 300.0]]},
     Refusal(['b'], ['a', 'c'], False)),
    ({'cause': 'Metrics with unknown aggregation', 'detail': [['a', 'max']]},
     Refusal(['b', 'c'], ['a'], True))])
def test_each_kind_of_refusal_is_understood(description, expected):
    assert _told(description) == expected


@pytest.mark.parametrize('description', [
    'Bad Request', None, {}, {'cause': 'Unknown metrics'}, {'cause': 'Unknown metrics', 'detail': ['x']},
    {'cause': 'Argument value error', 'detail': ['a']}])
def test_what_is_about_none_of_them_is_no_refusal_of_some(description):
    assert _told(description) is None
