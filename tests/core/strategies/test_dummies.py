# SPDX-License-Identifier: Apache-2.0
"""The dummy strategies propose what clients and tempest rely on, and change nothing."""

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies import dummy, dummy_with_resize, dummy_with_scorer
from watcher_py.core.strategy import with_defaults

EMPTY = document([], [])


def decided(module, doc=EMPTY, **params):
    solution = module.STRATEGY.decide(read(doc), with_defaults(module.PARAMETERS, params), UNLIMITED)
    return [proposal.change for proposal in solution.proposals]


def types(changes):
    return [change.action_type for change in changes]


def messages(changes):
    return [change.message for change in changes if change.action_type == 'nop']


def test_two_nops_and_a_sleep_with_the_given_values():
    changes = decided(dummy, para2='hi')
    assert types(changes) == ['nop', 'nop', 'sleep']
    assert changes[0].parameters() == {'message': 'hi'}
    assert changes[2].parameters() == {'duration': 3.2}


def test_the_scorers_are_asked_about_the_cluster():
    doc = document([host('full'), host('free')],
                   [instance(f'vm-{number}', 'full', ram_mb=1024) for number in range(8)])
    changes = decided(dummy_with_scorer, doc, param1=5, param2='hi')
    assert types(changes) == ['nop', 'nop', 'nop', 'sleep']
    # 16 of the first node's 16 vCPUs are allocated, none of the other's; memory is nearly free.
    assert messages(changes) == ['hi', 'dummy_scorer calls the cluster cpu',
                                 'dummy_avg_scorer finds 50 % of the CPUs of a node allocated']
    assert changes[-1].seconds == 5


def test_an_empty_cluster_is_idle_and_has_no_mean():
    changes = decided(dummy_with_scorer)
    assert messages(changes)[1:] == ['dummy_scorer calls the cluster idle',
                                     'dummy_avg_scorer is not asked: there is no node']


def test_a_resize_is_to_the_flavor_that_the_server_has():
    doc = document([host('a')], [instance('vm-1', 'a', flavor='small'), instance('vm-2', 'a', flavor='big')])
    changes = decided(dummy_with_resize, doc)
    assert types(changes) == ['nop', 'nop', 'resize', 'sleep']
    assert changes[2].parameters() == {'resource_id': 'vm-1', 'resource_name': 'vm-1', 'flavor': 'small'}


@pytest.mark.parametrize('why_not', [{'locked': True}, {'state': 'error'}, {'flavor': ''}])
def test_no_server_is_asked_to_resize_that_may_not_be_touched(why_not):
    doc = document([host('a')], [instance('vm-1', 'a', **{'flavor': 'small', **why_not})])
    changes = decided(dummy_with_resize, doc)
    assert types(changes) == ['nop', 'nop', 'sleep']
