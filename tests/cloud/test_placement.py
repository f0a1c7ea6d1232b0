# SPDX-License-Identifier: Apache-2.0
"""Providers are read whole or not at all, a few exactly, many in a few questions."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cloud.placed import Kept, tell
from watcher_py.cloud import placement as module
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.placement_rows import Inventory

PARTS = ('inventories', 'usages', 'traits')
SIZES = (8.0, 4096.0, 100.0)


def _host(name, used=2, ratio=4.0, **more):
    return Kept(name, {'VCPU': {'total': 8, 'reserved': 1, 'ratio': ratio, 'used': used},
                       'MEMORY_MB': {'total': 4096, 'reserved': 512, 'used': 512 * used},
                       'DISK_GB': {'total': 100, 'used': 10 * used}}, ('HW_CPU_X86_AVX2',), **more)


def _gpu(name, root, **more):
    return Kept(name, {'VGPU': {'total': 4, 'used': 1, **more}}, ('CUSTOM_GPU',), root, root)


@pytest.fixture
def placement(script):
    return Placement(script.connection(), tries=1)


def _asked(script):
    return Counter(one.path.rsplit('/', 1)[-1] for one in script.asked)


def _by_uuid(listing):
    return {one.uuid: one for one in listing.rows}


def _read(placement, hosts, before=()):
    return placement.read({one.uuid: SIZES for one in hosts}, {one.uuid: one for one in before})


class TestFew:
    """A small cloud is read one by one, and each provider exactly."""

    @pytest.fixture(autouse=True)
    def providers(self, script):
        kept = [_host('a'), _host('b'), _gpu('c', 'b')]
        tell(script, kept)
        return kept

    def test_root_providers_come_with_all_their_parts(self, placement):
        found = placement.read({'a': None, 'b': None})
        assert found.is_whole
        provider = _by_uuid(found)['a']
        assert provider.name == 'name of a'
        assert provider.inventories['VCPU'] == Inventory(8, 1, 4.0, max_unit=8)
        assert provider.usages == {'VCPU': 2, 'MEMORY_MB': 1024, 'DISK_GB': 20}
        assert provider.traits == {'HW_CPU_X86_AVX2'}
        assert provider.is_exact

    def test_what_is_nested_comes_with_its_root(self, placement):
        found = _by_uuid(placement.read({'a': None, 'b': None}))
        assert [child.uuid for child in found['b'].children] == ['c']
        assert found.keys() == {'a', 'b'}

    def test_only_the_wanted_ones_are_read(self, script, placement):
        assert _by_uuid(placement.read({'b': None, 'stranger': None})).keys() == {'b'}
        assert not [one for one in script.asked if '/a/' in one.path]

    @pytest.mark.parametrize('part', PARTS)
    @pytest.mark.parametrize('failure', [(500, ''), (404, ''), (200, '<html>'), (200, {}),
                                         (200, {'traits': [[]], 'usages': {'VCPU': None},
                                                'inventories': {'VCPU': {'total': 8}}})], ids=str)
    def test_a_tree_of_which_a_part_fails_is_absent_and_told(self, script, placement, part, failure):
        script.answers[f'GET /resource_providers/c/{part}'] = [failure]
        found = placement.read({'a': None, 'b': None})
        assert _by_uuid(found).keys() == {'a'}
        assert found.missing.startswith('Placement: 1 of 2')

    @pytest.mark.parametrize('answer', [(503, ''), (200, {'resource_providers': [
        {'uuid': 'a', 'name': 'a', 'generation': 1}]})], ids=['none', 'without a root'])
    def test_without_the_whole_list_nothing_is_known(self, script, placement, answer):
        script.answers['GET /resource_providers'] = [answer]
        found = placement.read({'a': None})
        assert found.rows == ()
        assert 'Placement' in found.missing

    def test_while_a_generation_stays_only_the_use_is_read_again(self, script, placement, providers):
        before = placement.read({'a': None, 'b': None}).rows
        providers[0].inventories['VCPU']['used'] = 0        # a server was deleted
        providers[1].generation, providers[1].traits = 2, ('CUSTOM_NEW',)
        script.log.clear()
        found = _by_uuid(_read(placement, providers[:2], before))
        assert _asked(script) == {'resource_providers': 1, 'usages': 3, 'traits': 1, 'inventories': 1}
        assert found['a'].usages['VCPU'] == 0
        assert found['a'].inventories == before[0].inventories
        assert found['b'].traits == {'CUSTOM_NEW'}

    def test_an_older_placement_is_read_one_by_one_whatever_its_size(self, script, placement):
        script.newest = '1.28'
        hosts = [_host(f'h{number}') for number in range(30)]
        script.answers.clear()
        tell(script, hosts)
        script.newest = '1.28'
        assert len(_read(placement, hosts).rows) == 30
        assert 'allocation_candidates' not in _asked(script)


class TestMany:
    """Of a large cloud summaries are read."""

    def test_hosts_of_one_kind_cost_one_question_and_one_exact_reading(self, script, placement):
        hosts = [_host(f'h{number}', used=number % 3) for number in range(100)]
        tell(script, hosts)
        found = _read(placement, hosts)
        assert found.is_whole
        assert _asked(script) == {'resource_providers': 1, 'allocation_candidates': 1, 'inventories': 1}
        for kept in hosts:
            provider = _by_uuid(found)[kept.uuid]
            assert provider.inventories['VCPU'] == Inventory(8, 1, 4.0, max_unit=8)
            assert provider.usages['VCPU'] == kept.inventories['VCPU']['used']
            assert provider.is_exact

    def test_a_host_without_a_single_vcpu_left_is_found_by_another_question(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        hosts[3].inventories['VCPU']['used'] = 28
        tell(script, hosts)
        assert _by_uuid(_read(placement, hosts))['h3'].usages['VCPU'] == 28
        assert _asked(script)['allocation_candidates'] == 2
        assert _asked(script)['usages'] == 0

    def test_only_a_host_that_is_full_of_everything_is_read_by_itself(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        hosts[3].inventories = {'VCPU': {'total': 1, 'used': 1}}
        tell(script, hosts)
        found = _by_uuid(_read(placement, hosts))
        assert found['h3'].inventories == {'VCPU': Inventory(1, 0, 1.0, max_unit=1)}
        assert _asked(script)['usages'] == 1

    def test_kinds_are_read_over_several_readings_the_largest_first(self, script, placement, monkeypatch):
        monkeypatch.setattr(module, 'KINDS_READ', 2)
        ratios = [1.0] * 10 + [2.0] * 8 + [3.0] * 6 + [4.0] * 4
        hosts = [_host(f'h{number}', ratio=ratio) for number, ratio in enumerate(ratios)]
        tell(script, hosts)
        first = _read(placement, hosts)
        assert [one.is_exact for one in first.rows] == [True] * 18 + [False] * 10
        guess = first.rows[-1].inventories['VCPU']
        assert (guess.total, guess.reserved, guess.capacity) == (8, 0, 28)
        script.log.clear()
        second = _read(placement, hosts, first.rows)
        assert all(one.is_exact for one in second.rows)
        assert second.rows[-1].inventories['VCPU'] == Inventory(8, 1, 4.0, max_unit=8)
        assert _asked(script)['inventories'] == 2
        script.log.clear()
        assert _read(placement, hosts, second.rows).rows == second.rows
        assert _asked(script) == {'resource_providers': 1, 'allocation_candidates': 1}

    def test_a_kind_that_changed_is_read_again(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        tell(script, hosts)
        before = _read(placement, hosts).rows
        for kept in hosts:
            kept.inventories['VCPU'] |= {'reserved': 0, 'ratio': 2.0}
            kept.generation = 2
        assert {one.inventories['VCPU'] for one in _read(placement, hosts, before).rows} == {
            Inventory(8, 0, 2.0, max_unit=8)}

    def test_what_changes_while_it_is_read_is_not_taken_for_exact(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        tell(script, hosts)
        changed = {'VCPU': {'total': 8, 'reserved': 0, 'allocation_ratio': 9.0, 'min_unit': 1, 'max_unit': 8,
                            'step_size': 1}}
        for kept in hosts:
            script.answers[f'GET /resource_providers/{kept.uuid}/inventories'] = [
                (200, {'inventories': changed})]
        found = _read(placement, hosts)
        assert found.is_whole
        assert {(one.is_exact, one.inventories['VCPU'].capacity) for one in found.rows} == {(False, 28)}

    def test_a_summary_that_makes_no_sense_is_made_good_by_itself(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        tell(script, hosts)
        body = script.answers['GET /allocation_candidates'][0](
            type('Asked', (), {'query': {'resources': 'VCPU:1'}}))[1]
        body['provider_summaries'] |= {'h0': None, 'h1': {}, 'h2': {'resources': {'VCPU': {}}, 'traits': []}}
        script.answers['GET /allocation_candidates'] = [(200, body)]
        found = _read(placement, hosts)
        assert found.is_whole
        assert len(found.rows) == 30
        assert _asked(script)['usages'] == 3

    def test_a_service_that_answers_no_question_is_not_asked_for_thousands(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        tell(script, hosts)
        script.answers['GET /allocation_candidates'] = [(500, '')]
        found = _read(placement, hosts)
        assert found.rows == ()
        assert found.missing.startswith('Placement: 30 of 30')
        assert _asked(script) == {'resource_providers': 1, 'allocation_candidates': 4}

    def test_one_question_without_an_answer_is_made_good_by_the_next(self, script, placement):
        hosts = [_host(f'h{number}') for number in range(30)]
        tell(script, hosts)
        script.answers['GET /allocation_candidates'].insert(0, (500, ''))
        assert _read(placement, hosts).is_whole


INVENTORIES = st.dictionaries(
    st.sampled_from(['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCPU', 'VGPU', 'CUSTOM_LANES']),
    st.integers(1, 300).flatmap(lambda total: st.fixed_dictionaries({
        'total': st.just(total), 'reserved': st.integers(0, total), 'used': st.integers(0, 200),
        'ratio': st.sampled_from([0.3, 1.0, 1.1, 1.5, 4.0, 16.0]), 'step_size': st.integers(1, 3)})),
    max_size=4)
TREES = st.lists(st.tuples(INVENTORIES, st.lists(INVENTORIES, max_size=2),
                           st.sets(st.sampled_from(['A', 'B', 'COMPUTE_STATUS_DISABLED']))),
                 min_size=2, max_size=5)


def _kept(trees):
    for number, (inventories, children, traits) in enumerate(trees):
        root = f'r{number}'
        yield Kept(root, inventories, tuple(traits))
        for place, nested in enumerate(children):
            yield Kept(f'{root}-{place}', nested, (), root, root)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees=TREES)
def test_summaries_and_exact_readings_tell_the_same_truth(script, monkeypatch, trees):
    script.answers.clear()
    kept = list(_kept(trees))
    tell(script, kept)
    wanted = {one.uuid: SIZES for one in kept if not one.parent}
    placement = Placement(script.connection(), tries=1)
    with monkeypatch.context() as patch:
        patch.setattr(module, 'FEW', 0)
        patch.setattr(module, 'KINDS_READ', 2)
        summed = placement.read(wanted)
        # What is settled on the way stays true, as what was known before.
        again = placement.read(wanted, {one.uuid: one for one in summed.rows})
        # The exact reading of the first trees stands for that of all.
        patch.setattr(module, 'FEW', 1000)
        exact = placement.read(dict(list(wanted.items())[:2]))
    truth = [_true(one) for one in kept]
    for found in summed, again:
        assert found.is_whole
        assert sorted(_told(found), key=str) == sorted(truth, key=str)
    assert all(one in truth for one in _told(exact))


def _true(kept):
    return (kept.uuid, {name: (_capacity(had), had['used']) for name, had in kept.inventories.items()},
            set(kept.traits), kept.generation)


def _told(listing):
    return [(one.uuid, {name: (have.capacity, one.usages[name]) for name, have in one.inventories.items()},
             one.traits, one.generation)
            for root in listing.rows for one in (root, *root.children)]


def _capacity(had):
    return int((had['total'] - had['reserved']) * had['ratio'])
