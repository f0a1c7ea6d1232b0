# SPDX-License-Identifier: Apache-2.0
"""Consolidation by allocation alone."""

import jsonschema
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.changes import Migrate, SetService
from watcher_py.core.document import read
from watcher_py.core.strategies import vm_workload_consolidation
from watcher_py.core.strategies.node_resource_consolidation import PARAMETERS, STRATEGY, needs
from watcher_py.core.strategy import with_defaults


def decide(doc, strategy=STRATEGY, **params):
    return strategy.decide(read(doc), with_defaults(strategy.parameters, params), UNLIMITED)


def two_hosts(**values):
    return document([host('a', **values), host('b', **values)],
                    [instance('vm', 'a'), instance('vm2', 'b'), instance('vm3', 'b')])


@pytest.mark.parametrize('choice', ['auto', 'specify'])
def test_every_move_has_a_target(choice):
    assert [proposal.change for proposal in decide(two_hosts(), host_choice=choice).proposals] == [
        SetService('a-id', 'a', False, 'watcher_disabled', is_conditional=True),
        Migrate('vm', 'vm', 'a', 'b')]


def test_no_metric_is_needed():
    assert needs(with_defaults(PARAMETERS, {})) == []
    unmeasured = two_hosts(metrics={'cpu_util_pct': None, 'ram_used_mb': None})
    assert decide(unmeasured).indicators['released_compute_nodes_count'] == 1
    assert decide(unmeasured, vm_workload_consolidation.STRATEGY).proposals == ()


def test_load_is_not_looked_at():
    hot = two_hosts(metrics={'cpu_util_pct': 95.0, 'ram_used_mb': 60000.0})
    assert decide(hot).indicators['instance_migrations_count'] == 1
    assert decide(hot, vm_workload_consolidation.STRATEGY).proposals == ()


def test_another_choice_is_refused():
    jsonschema.validate({'host_choice': 'specify'}, PARAMETERS)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({'host_choice': 'random'}, PARAMETERS)
