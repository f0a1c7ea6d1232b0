# SPDX-License-Identifier: Apache-2.0
"""Deleting servers of the emulated cloud."""

import pytest

from tests.applier.actions.losses import lose_answers
from watcher_py.applier.actions.contract import Cancelled, Run, Skipped
from watcher_py.applier.actions.delete import Delete
from watcher_py.applier.memory import Memory
from watcher_py.core.errors import Invalid, NotFound, Refused


@pytest.fixture
def delete(site, settings):
    def make(server, run=None):
        return Delete({'resource_id': server}, site.hands, settings, run or Run())
    return make


def carry_out(action):
    action.check()
    action.execute()
    action.verify()


def is_there(site, server):
    try:
        site.compute.server(server)
    except NotFound:
        return False
    return True


def asked(site, server):
    return [action.name for action in site.cloud.world.actions.get(server, ())]


def test_a_server_is_deleted(site, delete):
    carry_out(delete('web-0'))
    assert not is_there(site, 'web-0')


def test_a_server_that_is_gone_is_skipped(delete):
    with pytest.raises(Skipped, match='server no-such is gone'):
        delete('no-such').check()


def test_nothing_brings_it_back(delete):
    action = delete('web-0')
    carry_out(action)
    assert not Delete.REVERSIBLE
    with pytest.raises(Refused, match='nothing brings it back'):
        action.revert()


def test_another_process_finds_it_gone(site, delete):
    run = Run()
    carry_out(delete('web-0', run))
    after = delete('web-0', run)
    after.resume()
    after.verify()
    assert asked(site, 'web-0') == ['delete']


def test_another_process_asks_where_the_first_could_not(site, delete):
    after = delete('web-0', Run(Memory({'asked': True})))
    after.resume()
    after.verify()


def test_a_request_whose_answer_got_lost_was_heard(site, delete, monkeypatch):
    lose_answers(monkeypatch, site.compute, 'delete')
    carry_out(delete('web-0'))
    assert asked(site, 'web-0') == ['delete']


def test_a_nova_that_fails_for_a_while_is_asked_again(site, delete):
    action = delete('web-0')
    action.check()
    site.cloud.faults.break_path('/servers/web-0', times=5)
    action.execute()
    action.verify()
    assert asked(site, 'web-0') == ['delete']


def test_what_somebody_else_has_deleted_meanwhile_is_gone_too(site, delete):
    action = delete('web-0')
    action.check()
    site.compute.delete('web-0')
    action.execute()
    action.verify()


def test_nothing_is_asked_once_the_plan_is_cancelled(site, delete):
    run = Run()
    run.stop.set()
    with pytest.raises(Cancelled):
        delete('web-0', run).execute()
    assert is_there(site, 'web-0')


def test_a_server_that_is_still_there_is_found_out(delete):
    with pytest.raises(Refused, match='server web-0 is still there'):
        delete('web-0').verify()


def test_malformed_parameters_are_refused(delete):
    with pytest.raises(Invalid, match='delete: resource_id'):
        delete(None)
