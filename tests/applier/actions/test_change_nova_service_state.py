# SPDX-License-Identifier: Apache-2.0
"""Enabling and disabling compute services of the emulated cloud, and taking that back."""

import pytest

from tests.applier.actions.losses import lose_answers
from tests.applier.site import disable
from watcher_py.applier.actions.change_nova_service_state import ChangeNovaServiceState
from watcher_py.applier.actions.contract import Run, Skipped
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Conflict, Invalid, Refused


@pytest.fixture
def change(site, settings):
    def make(parameters, run=None):
        return ChangeNovaServiceState(parameters, site.hands, settings, run or Run())
    return make


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def test_a_service_is_disabled_with_its_reason(site, change):
    carry_out(change(disable('cn1')))
    now = site.compute.service('cn1')
    assert (now.enabled, now.disabled_reason) == (False, 'watcher_disabled')


def test_a_service_is_enabled(site, change):
    site.compute.set_service('cn1', False, 'new disks')
    carry_out(change({'resource_id': 'cn1', 'state': 'enabled'}))
    assert site.compute.service('cn1').enabled


@pytest.mark.parametrize(('state', 'is_enabled'), [('up', True), ('down', False)])
def test_the_older_words_mean_the_same(site, change, state, is_enabled):
    site.compute.set_service('cn1', not is_enabled, 'new disks')
    carry_out(change({'resource_id': 'cn1', 'state': state}))
    now = site.compute.service('cn1')
    assert (now.enabled, now.up) == (is_enabled, True)


def test_another_process_knows_the_former_reason(site, change):
    site.compute.set_service('cn1', False, 'new disks')
    run = Run()
    carry_out(change({'resource_id': 'cn1', 'state': 'enabled'}, run))
    after = change({'resource_id': 'cn1', 'state': 'enabled'}, Run(Memory(run.memory._values)))
    after.resume()
    after.verify()
    after.revert()
    assert site.compute.service('cn1').disabled_reason == 'new disks'


def test_another_process_asks_where_the_first_could_not(site, change):
    after = change(disable('cn1'), Run(Memory({'reason': None})))
    after.resume()
    after.verify()


def test_a_change_whose_answer_got_lost_was_made(site, change, monkeypatch):
    lose_answers(monkeypatch, site.compute, 'set_service')
    carry_out(change(disable('cn1')))
    assert not site.compute.service('cn1').enabled


def test_a_nova_that_is_silent_for_a_while_is_waited_for(site, change):
    action = change(disable('cn1'))
    action.check()
    site.cloud.faults.break_path('/os-services', times=5)
    action.execute()
    site.cloud.faults.break_path('/os-services', times=5)
    action.verify()


def test_a_service_that_is_so_already_is_skipped(site, change):
    site.compute.set_service('cn1', False, 'new disks')
    with pytest.raises(Skipped, match=r'of cn1 is disabled already \(new disks\)'):
        change(disable('cn1')).check()


def test_a_host_without_a_service_is_skipped(change):
    with pytest.raises(Skipped, match='host cn9 has no compute service'):
        change(disable('cn9')).check()


def test_a_change_that_did_not_take_is_found_out(change):
    with pytest.raises(Refused, match='of cn1 is still enabled'):
        change(disable('cn1')).verify()


def test_disabling_is_taken_back(site, change):
    action = change(disable('cn1'))
    carry_out(action)
    action.revert()
    assert site.compute.service('cn1').enabled


def test_enabling_is_taken_back_with_the_former_reason(site, change):
    site.compute.set_service('cn1', False, 'new disks')
    action = change({'resource_id': 'cn1', 'state': 'enabled'})
    carry_out(action)
    action.revert()
    now = site.compute.service('cn1')
    assert (now.enabled, now.disabled_reason) == (False, 'new disks')


def test_what_somebody_has_disabled_for_another_reason_stays_disabled(site, change):
    action = change(disable('cn1'))
    carry_out(action)
    site.compute.set_service('cn1', False, 'it burns')
    with pytest.raises(Conflict, match='it burns'):
        action.revert()
    assert not site.compute.service('cn1').enabled


def test_what_somebody_has_put_back_stays_so(site, change):
    action = change(disable('cn1'))
    carry_out(action)
    site.compute.set_service('cn1', True)
    action.revert()
    assert site.compute.service('cn1').enabled


@pytest.mark.parametrize('parameters', [
    {'resource_id': 'cn1'}, {'state': 'disabled'}, {'resource_id': 'cn1', 'state': 'forced'}])
def test_malformed_parameters_are_refused(change, parameters):
    with pytest.raises(Invalid, match='change_nova_service_state'):
        change(parameters)
