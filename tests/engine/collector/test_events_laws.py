# SPDX-License-Identifier: Apache-2.0
"""However reading and hearing interleave, what is kept is in the end what is there."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.engine.collector.telling_cloud import TellingCloud
from watcher_py.cloud.compute_rows import HostAggregate
from watcher_py.cloud.listing import Listing
from watcher_py.engine.collector.events import applied
from watcher_py.engine.collector.picture import Picture

HOSTS = ('cn1', 'cn2', 'cn3')
LISTS = ('servers', 'services', 'hypervisors', 'aggregates', 'groups', 'migrations', 'providers')
CHANGES = (
    ('instance.lock', {'locked': True}), ('instance.unlock', {'locked': False}),
    ('instance.power_off.end', {'vm_state': 'stopped'}), ('instance.power_on.end', {'vm_state': 'active'}),
    ('instance.resize_finish.end', {'vcpus': 4, 'flavor': 'large', 'vm_state': 'resized'}),
    ('instance.resize_revert.end', {'vcpus': 2, 'flavor': 'small', 'vm_state': 'active'}),
    ('instance.unshelve.end', {'pinned_zone': None}), ('instance.rebuild.end', {'image': {'os': 'bsd'}}))

hosts, numbers = st.sampled_from(HOSTS), st.integers(0, 99)


class SeeingMachine(RuleBasedStateMachine):
    """A cloud that changes, and a picture of it that is read in steps and kept by what is heard."""

    @initialize()
    def begin(self) -> None:
        self.cloud = TellingCloud()
        for host in HOSTS:
            self.cloud.add_host(host)
        self.cloud.boot('cn1')
        self.cloud.told.clear()
        self.picture, self.read_at = self.cloud.picture(), float(self.cloud.now)
        self.unknown: set[str] = set()
        self.heard = []
        self.lists: dict[str, Listing] | None = None        # that the running reading has brought

    # The cloud.

    @rule(seconds=st.sampled_from((0, 1, 100)))
    def wait(self, seconds: int) -> None:
        self.cloud.now += seconds

    @rule(host=hosts)
    def boot(self, host: str) -> None:
        if host in self.cloud.services:
            self.cloud.boot(host)

    @rule(number=numbers, how=st.sampled_from(CHANGES))
    def change(self, number: int, how: tuple[str, dict]) -> None:
        if uuid := self._server(number):
            event_type, values = how
            self.cloud.change(uuid, event_type, **values)

    @rule(number=numbers, host=hosts)
    def live_migrate(self, number: int, host: str) -> None:
        if uuid := self._server(number):
            self.cloud.live_migrate(uuid, host)

    @rule(number=numbers)
    def recall(self, number: int) -> None:
        if uuid := self._server(number):
            self.cloud.recall(uuid)

    @rule(number=numbers)
    def delete(self, number: int) -> None:
        if uuid := self._server(number):
            self.cloud.delete(uuid)

    @rule(host=hosts, enabled=st.booleans(), forced_down=st.booleans())
    def set_service(self, host: str, enabled: bool, forced_down: bool) -> None:
        if host in self.cloud.services:
            self.cloud.set_service(host, enabled, forced_down)

    @rule(host=hosts)
    def add_or_remove_host(self, host: str) -> None:
        if host in self.cloud.services:
            self.cloud.remove_host(host)
        else:
            self.cloud.add_host(host)

    @rule(members=st.sets(hosts), number=st.sampled_from((1, 2)), is_there=st.booleans())
    def set_aggregate(self, members: set[str], number: int, is_there: bool) -> None:
        if number == 1:
            self.cloud.set_zone(*sorted(members))
        else:
            row = HostAggregate(2, 'ssd', tuple(sorted(members)), {'ssd': 'true'})
            self.cloud.set_aggregate(2, row if is_there else None)

    @rule(name=st.sampled_from('gh'), number=numbers, joins=st.booleans())
    def set_group(self, name: str, number: int, joins: bool) -> None:
        if joins and (uuid := self._server(number)):
            self.cloud.join(name, uuid)
        else:
            self.cloud.leave(name)

    def _server(self, number: int) -> str | None:
        uuids = list(self.cloud.servers)
        return uuids[number % len(uuids)] if uuids else None

    # The engine.

    @rule(count=st.integers(1, 10))
    def hear(self, count: int) -> None:
        self.heard += self.cloud.told[:count]
        del self.cloud.told[:count]

    @precondition(lambda self: self.lists is None)
    @rule()
    def take_in(self) -> None:
        result = applied(self.picture, self.heard, self.read_at)
        self.picture, self.heard = result.picture, []
        self.unknown |= result.unknown

    @precondition(lambda self: self.lists is None)
    @rule()
    def begin_reading(self) -> None:
        self.take_in()
        self.lists, self.begun = {}, float(self.cloud.now)

    @precondition(lambda self: self.lists is not None)
    @rule(names=st.sets(st.sampled_from(LISTS)))
    def read(self, names: set[str]) -> None:
        for name in sorted(names - self.lists.keys()):
            self.lists[name] = self.cloud.listing(name)

    @precondition(lambda self: self.lists is not None)
    @rule()
    def end_reading(self) -> None:
        self.read(set(LISTS))
        self.picture, self.read_at, self.lists, self.unknown = (
            Picture(**self.lists), self.begun, None, set())
        self.take_in()

    @precondition(lambda self: self.lists is None)
    @rule()
    def read_unknown(self) -> None:
        """No more than what events have named."""
        now = self.cloud.picture()
        self.picture = replace(
            self.picture,
            servers=self._read(self.picture.servers, now.servers, lambda row: row.uuid),
            services=self._read(self.picture.services, now.services, lambda row: row.host),
            hypervisors=self._read(self.picture.hypervisors, now.hypervisors, lambda row: row.host))
        self.unknown = set()

    def _read(self, old: Listing, now: Listing, name) -> Listing:
        return Listing((*(row for row in old.rows if name(row) not in self.unknown),
                        *(row for row in now.rows if name(row) in self.unknown)))

    def teardown(self) -> None:
        if self.lists is not None:
            self.end_reading()
        self.hear(len(self.cloud.told))
        self.take_in()
        self.read_unknown()
        assert seen(self.picture) == seen(self.cloud.picture())


def seen(picture: Picture) -> dict:
    """What of a picture is told by events."""
    zones = {host: row.metadata['availability_zone'] for row in picture.aggregates.rows
             if 'availability_zone' in row.metadata for host in row.hosts}
    return {
        'servers': {row.uuid: replace(row, updated='') for row in picture.servers.rows},
        'services': {row.host: replace(row, zone=row.zone or zones.get(row.host, 'nova'))
                     for row in picture.services.rows},
        'hypervisors': {row.uuid: row for row in picture.hypervisors.rows},
        'aggregates': {row.id: row for row in picture.aggregates.rows},
        'groups': {row.uuid: row for row in picture.groups.rows}}


TestSeeing = SeeingMachine.TestCase
