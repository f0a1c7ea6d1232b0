# SPDX-License-Identifier: Apache-2.0
"""What three services do is heard over RabbitMQ, as Watcher's listeners know it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.bus.announced_house import AnnouncedHouse, opened, tell_all
from tests.bus.examples import EXAMPLES, differences
from tests.conftest import RABBIT, need_rabbit
from watcher_py import conf as options
from watcher_py.bus import notifications
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.outbox import Letter
from watcher_py.core.errors import Refused
from watcher_py.db import schema
from watcher_py.db.models import Audit, Goal, Service
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store


def configured(folder: Path, host: str, own: str, url: str = RABBIT,
               driver: str = 'messagingv2') -> ConfigOpts:
    file = folder / f'{host}.conf'
    # A listener with more threads than one would mix up the order.
    file.write_text(f"""
        [DEFAULT]
        host = {host}
        transport_url = fake://
        control_exchange = {own}
        enable_authentication = false
        executor_thread_pool_size = 1
        [oslo_messaging_notifications]
        driver = {driver}
        transport_url = {url}
        topics = {own}
        [oslo_messaging_rabbit]
        amqp_auto_delete = true
        """.replace('        ', ''))
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)])
    return conf


@pytest.fixture(scope='module')
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnnouncedHouse]:
    """After the story."""
    need_rabbit()
    folder, own = tmp_path_factory.mktemp('house'), f'watcher-test-{uuid4()}'
    sessions = connect_url(f'sqlite:///{folder}/watcher.sqlite')
    schema.create_schema(sessions)
    with opened(sessions, lambda host: configured(folder, host, own)) as house:
        tell_all(house)
        yield house
    engine_of(sessions).dispose()


@pytest.mark.parametrize('event_type', EXAMPLES)
def test_every_event_is_heard_as_the_contract_has_it(house: AnnouncedHouse, event_type: str) -> None:
    house.ear.wait_for(event_type)
    priority, payload = EXAMPLES[event_type]
    for heard in house.ear.of(event_type):
        assert heard.priority == priority
        assert differences(payload, heard.payload) == []


def test_nothing_is_heard_that_the_contract_does_not_have(house: AnnouncedHouse) -> None:
    assert {heard.event_type for heard in house.ear.heard} <= set(EXAMPLES)


def test_the_publisher_is_the_service_that_did_it(house: AnnouncedHouse) -> None:
    found = {(heard.event_type, heard.publisher) for heard in house.ear.heard}
    assert found >= {('audit.create', 'infra-optim:api'), ('action_plan.create', 'infra-optim:engine'),
                     ('action.execution.end', 'infra-optim:applier')}


def test_an_audit_is_heard_of_from_beginning_to_end(house: AnnouncedHouse) -> None:
    last = house.ear.of('audit.create')[-1].data
    house.ear.wait_for('audit.planner.end', uuid=last['uuid'])
    told = [heard for heard in house.ear.heard
            if heard.event_type.startswith('audit.') and heard.data['uuid'] == last['uuid']
            and heard.publisher == 'infra-optim:engine']
    assert [heard.event_type for heard in told] == [
        'audit.update', 'audit.strategy.start', 'audit.strategy.end', 'audit.planner.start', 'audit.update',
        'audit.planner.end']
    assert [heard.data['state'] for heard in told] == [
        'ONGOING', 'ONGOING', 'ONGOING', 'ONGOING', 'SUCCEEDED', 'ONGOING']
    update = told[0].data['state_update']['watcher_object.data']
    assert update == {'old_state': 'PENDING', 'state': 'ONGOING', 'status_message': None}


def test_a_change_of_an_action_says_from_what_to_what(house: AnnouncedHouse) -> None:
    last = house.ear.of('action.create')[-1].data
    updates = [heard.data['state_update']['watcher_object.data']
               for heard in house.ear.of('action.update', uuid=last['uuid'])]
    assert [(update['old_state'], update['state']) for update in updates] == [
        ('PENDING', 'ONGOING'), ('ONGOING', 'SUCCEEDED')]


def test_an_error_says_what_went_wrong_and_where(house: AnnouncedHouse) -> None:
    fault = house.ear.wait_for('audit.strategy.error').data['fault']['watcher_object.data']
    assert fault == {'module_name': 'tests.bus.announced_house', 'function_name': 'decide',
                     'exception': 'Refused', 'exception_message': 'no host fits'}
    assert [house.ear.wait_for(event).data['fault']['watcher_object.data']['exception_message']
            for event in ('action.execution.error', 'action.cancel.error')] == [
        'Nova said no', 'it can not be stopped']
    plan = house.ear.wait_for('action_plan.execution.error').data['fault']['watcher_object.data']
    assert plan['exception_message'] == '1 of 1 actions failed: Action failed in execute: Nova said no'


class Box:
    """Keeps the letters."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def put(self, letter: Letter) -> None:
        self.letters.append(letter)

    def close(self) -> None:
        """Nothing waits."""


def announced(level: str, store: Store) -> list[str]:
    """What is told at this level of an audit that is made and whose strategy fails, and of a lost service."""
    box = Box()
    announcer = Announcer(box, level)  # type: ignore[arg-type]
    goal = Goal(name='dummy', display_name='Dummy')
    audit = Audit(name='nightly', audit_type='ONESHOT', state='PENDING')
    store.add(goal)
    audit.goal_id = goal.id
    Store(store._sessions, announcer.listener()).add(audit)
    with pytest.raises(Refused), announcer.around(audit, 'strategy'):
        raise Refused('no')
    announcer.service_changed(Service(name='watcher-applier', host='ctl2'), 'ACTIVE', 'FAILED')
    return [f'{letter.event_type} {letter.priority}' for letter in box.letters]


@pytest.mark.parametrize(('level', 'told'), [
    ('info', ['audit.create info', 'audit.strategy.start info', 'audit.strategy.error error',
              'service.update warn']),
    ('warning', ['audit.strategy.error error', 'service.update warn']),
    ('error', ['audit.strategy.error error']),
    ('critical', []), ('', [])])
def test_less_than_the_level_is_not_told(store: Store, level: str, told: list[str]) -> None:
    assert announced(level, store) == told


def test_without_a_driver_nothing_is_told_and_nothing_read_for_it(tmp_path: Path) -> None:
    announcer = notifications.connect(configured(tmp_path, 'me', 'own', driver=''))
    assert announcer is SILENT
    assert announcer.listener() is None


def test_a_bus_that_is_away_fails_nobody(
        store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr('watcher_py.bus.outbox.FIRST_PAUSE', 0.01)
    monkeypatch.setattr('watcher_py.bus.outbox.LAST_WORDS', 20)
    conf = configured(tmp_path, 'me', f'watcher-test-{uuid4()}', 'rabbit://guest:secret@127.0.0.1:1/')
    announcer = notifications.connect(conf)
    told = Store(store._sessions, announcer.listener())
    goal = Goal(name='dummy', display_name='Dummy')
    told.add(goal)
    audit = Audit(name='nightly', audit_type='ONESHOT', state='PENDING', goal_id=goal.id)
    told.add(audit)
    assert told.claim(audit, 'PENDING', 'ONGOING')
    announcer.close()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith('watcher_py')]
    assert len(ours) == 1
    assert ours[0].startswith('Notifications wait: the message bus does not take them')
    assert 'secret' not in caplog.text
    assert 'watcher_object' not in caplog.text
