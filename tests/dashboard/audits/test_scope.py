# SPDX-License-Identifier: Apache-2.0
"""Scopes that are chosen are scopes that the API takes, and all are told in words."""

import pytest

from watcher_py.core import scope as accepted
from watcher_py.dashboard.audits.scope import made_of, sentences


@pytest.mark.parametrize('chosen', [
    ([], [], []), (['az-1'], [], []), ([], ['ssd', 'gpu'], []), (['az-1'], ['ssd'], ['cmp-1', 'cmp-2'])])
def test_what_is_chosen_is_a_scope(chosen):
    accepted.check(made_of(*chosen))


def test_a_scope_is_told_in_words():
    assert sentences(made_of(['az-1', 'az-2'], ['ssd'], ['cmp-1'])) == [
        'host aggregates ssd', 'availability zones az-1, az-2', 'Without hosts cmp-1']
    assert sentences([]) == ['The whole cloud']


@pytest.mark.parametrize(('scope', 'words'), [
    ([{'host_aggregates': [{'id': '*'}]}], ['host aggregates all']),
    ([{'compute': [{'exclude': [{'instance_metadata': [{'optimize': 'no'}]},
                                {'projects': [{'uuid': 'p'}]}]}]}],
     ['Without servers with metadata {"optimize": "no"}', 'Without servers of projects p']),
    ([{'storage': [{'volume_types': [{'name': 'fast'}]}]}], ['volume types fast']),
    ([{'compute': [{'moon': 'full'}]}], ['moon "full"']), (['odd', 3], ['The whole cloud'])])
def test_so_are_those_of_others(scope, words):
    assert sentences(scope) == words
