# SPDX-License-Identifier: Apache-2.0
"""The applier hears of plans over the bus, and takes care of those left behind."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.applier.site import disable, eventually, move
from watcher_py import conf as options
from watcher_py import plugins
from watcher_py.applier.service import NAME, Applier
from watcher_py.bus import rpc
from watcher_py.bus.context import admin_context
from watcher_py.bus.rpc import ApplierClient
from watcher_py.db.models import ActionDescription, Service

NOP = {'message': 'hello'}


@pytest.fixture
def conf_of(tmp_path) -> Callable[[str], ConfigOpts]:
    own = f'watcher-test-{uuid4()}'

    def make(host: str) -> ConfigOpts:
        file = tmp_path / f'{host}.conf'
        file.write_text(f'[DEFAULT]\ntransport_url = fake://\ncontrol_exchange = {own}\nhost = {host}\n'
                        f'[watcher_applier]\nconductor_topic = {own}.applier\n')
        conf = ConfigOpts()
        options.register(conf)
        conf(['--config-file', str(file)])
        conf.set_override('migration_interval', 0.1, 'nova')
        return conf
    return make


@pytest.fixture
def transport(conf_of):
    found = rpc.connect(conf_of('bus'))
    yield found
    found.cleanup()


@pytest.fixture
def client(transport, conf_of):
    return ApplierClient(transport, conf_of('client'))


@pytest.fixture
def applier(store, site, transport, conf_of):
    """Makes appliers; what was started is stopped."""
    made = []

    def make(host='applier-1'):
        made.append(Applier(store, transport, conf_of(host), site.compute, plugins.actions()))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_plan_that_is_launched_over_the_bus_is_carried_out(plans, applier, client):
    applier().start()
    plan = plans.add(('nop', NOP, []))
    client.launch_action_plan(admin_context(), plan.uuid)
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert plans.now(plan).hostname == 'applier-1'


def test_a_plan_that_two_appliers_are_told_of_runs_once(site, plans, applier, client):
    for host in ('applier-1', 'applier-2'):
        applier(host).start()
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []))
    for _ in range(4):
        client.launch_action_plan(admin_context(), plan.uuid)
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert len(site.migrations()) == 1


def test_a_plan_that_waited_while_no_applier_was_there_is_picked_up(plans, applier):
    plan = plans.add(('nop', NOP, []))
    recommended = plans.add(('nop', NOP, []), state='RECOMMENDED')
    applier().start()
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert plans.now(recommended).state == 'RECOMMENDED'


@pytest.mark.parametrize('state', ['ONGOING', 'CANCELLING'])
def test_a_plan_that_its_host_was_torn_from_is_cancelled_and_told_of(site, plans, applier, state):
    site.compute.set_service('cn1', False, 'watcher_disabled')
    plan = plans.add(
        ('change_nova_service_state', disable('cn1', revert_on_failure=True), []),
        ('migrate', move('web-0', 'cn1', 'cn4'), [0]), ('nop', NOP, [1]), state=state, hostname='applier-1')
    other = plans.add(('nop', NOP, []), state='ONGOING', hostname='applier-2')
    done, running, _ = plans.actions(plan)
    plans.store.change(done, state='SUCCEEDED')
    plans.store.change(running, state='ONGOING')
    applier().start()
    message = 'The applier on applier-1 was restarted while the action plan ran.'
    assert (plans.now(plan).state, plans.now(plan).status_message) == ('CANCELLED', message)
    assert plans.states(plan) == ['SUCCEEDED', 'CANCELLED', 'CANCELLED']
    assert plans.messages(plan) == ['Reverted: migrate of web-0 was not done.', message, message]
    assert site.compute.service('cn1').enabled
    assert plans.now(other).state == 'ONGOING'


def test_stopping_lets_a_running_plan_finish(site, plans, applier, client):
    one = applier()
    one.start()
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []))
    site.hold_time()
    client.launch_action_plan(admin_context(), plan.uuid)
    eventually(site.in_flight)
    stopping = plans.spawn(one.stop)
    assert stopping.thread.is_alive()
    site.pass_time()
    stopping.finish()
    one.wait()
    assert plans.now(plan).state == 'SUCCEEDED'


def test_a_plan_that_does_not_exist_harms_nobody(plans, applier, client):
    applier().start()
    client.launch_action_plan(admin_context(), str(uuid4()))
    plan = plans.add(('nop', NOP, []))
    client.launch_action_plan(admin_context(), plan.uuid)
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')


def test_the_applier_is_seen_alive_and_tells_what_its_actions_do(store, applier):
    applier().start()
    assert store.get_by(Service, name=NAME, host='applier-1').last_seen_up is not None
    told = {row.action_type: row.description for row in store.find(ActionDescription)}
    assert told.keys() == plugins.actions().keys()
    assert all(told.values())
