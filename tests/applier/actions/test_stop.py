# SPDX-License-Identifier: Apache-2.0
"""Switching servers of the emulated cloud off, and on again."""

from threading import Event

import pytest

from watcher_py.applier.actions.contract import Skipped
from watcher_py.applier.actions.stop import Stop
from watcher_py.core.errors import Conflict, Invalid, Refused


@pytest.fixture
def stop(site, settings):
    def make(server):
        return Stop({'resource_id': server}, site.compute, settings, Event())
    return make


def test_a_server_is_switched_off_and_on_again(site, stop):
    action = stop('web-0')
    action.check()
    action.execute()
    action.verify()
    assert site.compute.server('web-0').status == 'SHUTOFF'
    action.revert()
    assert site.compute.server('web-0').status == 'ACTIVE'


@pytest.mark.parametrize(('server', 'why'), [('no-such', 'is gone'), ('off-0', 'is off already')])
def test_what_is_off_is_skipped(stop, server, why):
    with pytest.raises(Skipped, match=why):
        stop(server).check()


def test_a_busy_server_is_not_stopped(site, stop):
    site.hold_time()
    site.compute.live_migrate('web-0', 'cn3')
    with pytest.raises(Conflict, match='server web-0 is busy: migrating'):
        stop('web-0').check()


def test_a_server_that_runs_on_is_found_out(stop):
    with pytest.raises(Refused, match='web-0 is ACTIVE, not SHUTOFF'):
        stop('web-0').verify()


def test_malformed_parameters_are_refused(stop):
    with pytest.raises(Invalid, match='stop: resource_id'):
        stop(None)
