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

    def make(host='applier-1', **options):
        conf = conf_of(host)
        for name, value in options.items():
            conf.set_override(name, value, 'watcher_applier')
        made.append(Applier(store, transport, conf, site.hands, plugins.actions()))
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


def test_a_plan_whose_applier_has_gone_is_gone_on_with(site, plans, applier):
    site.compute.set_service('cn1', False, 'watcher_disabled')
    plan = plans.add(('change_nova_service_state', disable('cn1'), []),
                     ('migrate', move('web-0', 'cn1', 'cn4'), [0]), ('nop', NOP, [1]),
                     state='ONGOING', hostname='applier-1')
    plans.store.change(plans.actions(plan)[0], state='SUCCEEDED')
    one = applier('applier-2')
    one.start()
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert plans.now(plan).hostname == 'applier-2'
    assert plans.states(plan) == ['SUCCEEDED'] * 3
    assert site.host_of('web-0') == 'cn4'


def test_a_plan_that_was_cancelled_while_its_applier_was_gone_ends_so_and_takes_back_what_was_in_vain(
        site, plans, applier):
    site.compute.set_service('cn1', False, 'watcher_disabled')
    plan = plans.add(('change_nova_service_state', disable('cn1', revert_on_failure=True), []),
                     ('migrate', move('web-0', 'cn1', 'cn4'), [0]), state='CANCELLING')
    plans.store.change(plans.actions(plan)[0], state='SUCCEEDED')
    applier().start()
    eventually(lambda: plans.now(plan).state == 'CANCELLED')
    assert plans.states(plan) == ['SUCCEEDED', 'CANCELLED']
    assert plans.messages(plan)[0] == 'Reverted: migrate of web-0 was not done.'
    assert site.compute.service('cn1').enabled


def test_plans_left_behind_do_not_wait_for_a_worker(site, plans, applier, client):
    one = applier()
    one.start()
    busy = plans.add(('sleep', {'duration': 3600}, []))
    client.launch_action_plan(admin_context(), busy.uuid)
    eventually(lambda: plans.states(busy) == ['ONGOING'])
    left = plans.add(('nop', NOP, []), state='ONGOING')
    eventually(lambda: plans.now(left).state == 'SUCCEEDED')
    plans.cancel(busy)


def test_a_plan_whose_message_was_lost_is_found(plans, applier):
    applier().start()
    plan = plans.add(('nop', NOP, []))
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')


def test_stopping_lets_a_running_action_end_and_leaves_its_plan_to_another(site, plans, applier, client):
    one = applier()
    one.start()
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []),
                     ('migrate', move('web-1', 'cn1', 'cn4'), [0]))
    site.hold_time()
    client.launch_action_plan(admin_context(), plan.uuid)
    eventually(site.in_flight)
    stopping = plans.spawn(one.stop)
    eventually(one._tools.stopping.is_set)
    assert one.actions_running == 1
    site.pass_time()
    stopping.finish()
    one.wait()
    assert plans.now(plan).state == 'ONGOING'
    assert plans.states(plan) == ['SUCCEEDED', 'PENDING']
    applier('applier-2').start()
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert plans.now(plan).hostname == 'applier-2'
    assert len(site.migrations()) == 2


def test_an_action_that_outlasts_the_stop_is_adopted(site, plans, applier, client):
    one = applier(drain_seconds=0)
    one.start()
    plan = plans.add(('migrate', move('web-0', 'cn1', 'cn4'), []))
    site.hold_time()
    client.launch_action_plan(admin_context(), plan.uuid)
    eventually(site.in_flight)
    one.stop()
    assert plans.states(plan) == ['ONGOING']
    applier('applier-2').start()
    eventually(lambda: plans.now(plan).hostname == 'applier-2')
    site.pass_time()
    eventually(lambda: plans.now(plan).state == 'SUCCEEDED')
    assert len(site.migrations()) == 1


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
