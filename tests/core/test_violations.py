# SPDX-License-Identifier: Apache-2.0
"""What stands against the rules is found, and told in a sentence."""

import pytest
from hypothesis import assume, given

from tests.core.clusters import document, documents, host, instance
from watcher_py.core import violations
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies import rule_repair
from watcher_py.core.strategy import with_defaults
from watcher_py.core.violations import is_kept, violations_of


def found(hosts, instances, **lists):
    return [(each.kind, each.what, each.servers, each.nodes, each.sentence)
            for each in violations_of(read(document(hosts, instances, **lists)))]


def group(policy, *members, **values):
    return {'id': 'g', 'name': 'web', 'policy': policy, 'members': list(members), **values}


def pair(on='aa', **values):
    return [instance(name, at, **values) for name, at in zip(('one', 'two'), on, strict=True)]


def test_where_the_rules_are_kept_there_is_nothing_to_tell():
    apart = [group('anti-affinity', 'one', 'two')]
    assert found([host('a'), host('b')], pair('ab'), server_groups=apart) == []


def test_members_that_are_to_stand_apart_stand_together():
    assert found([host('a')], pair(), server_groups=[group('anti-affinity', 'one', 'two')]) == [
        ('anti-affinity', 'web', (0, 1), (0,),
         '2 members of anti-affinity group web stand on a, where 1 may')]


def test_members_that_are_to_stand_together_stand_apart():
    assert found([host('a'), host('b')], pair('ab'), server_groups=[group('affinity', 'one', 'two')]) == [
        ('affinity', 'web', (0, 1), (0, 1), 'affinity group web stands on 2 hosts, not on one: a, b')]


def test_of_an_affinity_group_on_many_hosts_some_are_named(monkeypatch):
    monkeypatch.setattr(violations, 'NAMED', 1)
    told, = found([host('a'), host('b')], pair('ab'), server_groups=[group('affinity', 'one', 'two')])
    assert told[-1].endswith('not on one: a, ...')


def test_a_server_stands_where_it_may_not():
    zones = [host('a', zone='az-1'), host('b', zone='az-2')]
    assert found(zones, pair('ab', pinned_zone='az-2')) == [
        ('placement', 'one', (0,), (0,),
         'one may not stand on a: it is not in zone az-2, to which the server is bound')]


def test_the_rule_is_sought_for_so_many_only(monkeypatch):
    monkeypatch.setattr(violations, 'EXPLAINED', 0)
    told, = found([host('a', zone='az-1'), host('b', zone='az-2')], pair('ab', pinned_zone='az-2'))
    assert told[-1] == 'one may not stand on a'


def test_a_node_gives_more_than_it_has():
    assert found([host('a', vcpus=3)], pair()) == [('capacity', 'a', (), (0,), 'a has given out 4 VCPU of 3')]


def test_a_node_that_was_not_read_in_whole_is_not_judged():
    assert found([host('a', vcpus=3, known=False), host('b', zone='az-2')], pair(pinned_zone='az-2')) == []


@pytest.mark.parametrize(('policy', 'on', 'kept'), [
    ('affinity', 'aa', True), ('affinity', 'ab', False), ('soft-affinity', 'ab', False),
    ('anti-affinity', 'ab', True), ('anti-affinity', 'aa', False), ('soft-anti-affinity', 'aa', False)])
def test_a_group_is_kept_or_not(policy, on, kept):
    cluster = read(document([host('a'), host('b')], pair(on), server_groups=[
        group(policy, 'one', 'two')])).cluster
    assert is_kept(cluster, cluster.groups[0]) is kept


def test_a_group_may_let_several_members_stand_together():
    cluster = read(document([host('a')], pair(), server_groups=[
        group('anti-affinity', 'one', 'two', rules={'max_server_per_host': 2})])).cluster
    assert is_kept(cluster, cluster.groups[0])


@given(doc=documents())
def test_where_there_is_something_to_repair_a_violation_is_told(doc):
    assume(doc['hosts'])
    snapshot = read(doc)
    assume(snapshot.cluster.nodes.known.all())
    params = with_defaults(rule_repair.PARAMETERS, {})
    repair = rule_repair.decide(snapshot, params, UNLIMITED)
    assert bool(violations_of(snapshot)) >= bool(repair.indicators['faults_before_count'])
