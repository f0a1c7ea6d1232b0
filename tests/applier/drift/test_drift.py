# SPDX-License-Identifier: Apache-2.0
"""What has changed since a plan was made: a move is left out, or goes elsewhere, and says why."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

import pytest

from tests.applier.site import move
from tests.core.clusters import document, host, instance
from watcher_py.applier.drift import Drift, Verdict
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import UNKNOWN, ServerNow
from watcher_py.cloud.listing import Listing
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core.document import read
from watcher_py.core.errors import NotFound, Unavailable
from watcher_py.db.models import Action, ActionPlan
from watcher_py.sim.clock import Clock
from watcher_py.sim.generator import generate
from watcher_py.sim.rules import why_not
from watcher_py.sim.server import Cloud

PLAN = ActionPlan(uuid='plan')


def a_cluster() -> dict[str, Any]:
    hosts = [host(f'cn{number}') for number in (1, 2, 3, 4)]
    servers = [instance('web', 'cn1', project='acme'), instance('huge', 'cn4', vcpus=15),
               instance('apart-1', 'cn1'), instance('apart-2', 'cn2'),
               instance('near-1', 'cn1'), instance('near-2', 'cn1'), instance('lone', 'cn1'),
               instance('soft-1', 'cn1'), instance('soft-2', 'cn2'),
               instance('pair-1', 'cn1'), instance('pair-2', 'cn1')]
    groups = [_group('apart', 'anti-affinity', 'apart-1', 'apart-2'),
              _group('near', 'affinity', 'near-1', 'near-2'), _group('alone', 'affinity', 'lone'),
              _group('soft', 'soft-anti-affinity', 'soft-1', 'soft-2'),
              _group('pair', 'anti-affinity', 'pair-1', 'pair-2')]
    return document(hosts, servers, server_groups=groups)


def _group(name: str, policy: str, *members: str) -> dict[str, Any]:
    return {'id': name, 'name': name, 'policy': policy, 'members': list(members),
            'rules': {'max_server_per_host': 1}}


@dataclass
class Engine:
    """Answers from a list, the last for ever, and remembers what it was asked."""

    answers: list[Any] = field(default_factory=list)
    asked: list[tuple[str, list[str], dict[str, str]]] = field(default_factory=list)

    def another_target(self, context: Any, plan_uuid: str, action_uuid: str, besides: list[str],
                       promised: dict[str, str]) -> dict[str, Any]:
        self.asked.append((action_uuid, besides, promised))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {'target': answer, 'why': 'so it is'}


@dataclass
class Watch:
    """A clock that the test sets; no two moments are the same."""

    now: float = 1000.0

    def __call__(self) -> float:
        self.now += 1e-6
        return self.now


@dataclass
class Scene:
    cloud: Cloud
    compute: Compute
    engine: Engine
    clock: Watch
    drift: Drift

    def look(self, action_type: str = 'migrate', uuid: str = 'action', **parameters: Any) -> Verdict:
        return self.drift.look(PLAN, Action(uuid=uuid, action_type=action_type, input_parameters=parameters))

    def move(self, server: str, source: str = 'cn1', target: str | None = 'cn2', uuid: str = '') -> Verdict:
        parameters = move(server, source, target or '') | {'destination_node': target}
        return self.look(uuid=uuid or f'move of {server}', **parameters)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Time in the cloud stands still, and the engine knows no other host."""
    with Cloud(read(a_cluster()), Clock(speed=0)) as cloud:
        connection = connect_with(cloud.credentials())
        compute, engine, clock = Compute(connection, 1, 0.01), Engine([None]), Watch()
        drift = Drift(compute, Placement(connection, 1, 0.01), engine, 2.0, clock)  # type: ignore[arg-type]
        yield Scene(cloud, compute, engine, clock, drift)


class TestAsPlanned:
    def test_a_move_that_still_fits_passes_and_tells_whose_server_it_is(self, scene: Scene) -> None:
        found = scene.move('web')
        assert found.seen.host == 'cn1'
        assert replace(found, seen=None) == Verdict(move('web', 'cn1', 'cn2'), project='acme')
        assert not scene.engine.asked

    def test_one_whose_target_nova_chooses_passes(self, scene: Scene) -> None:
        assert scene.move('apart-1', target=None).skip is None

    def test_a_stray_member_joins_its_group(self, scene: Scene) -> None:
        scene.cloud.world.change('near-2', host='cn2-id')
        scene.cloud.world._residents['cn2-id']['near-2'] = None
        assert scene.move('near-1').skip is None

    def test_a_group_of_one_may_go_anywhere(self, scene: Scene) -> None:
        assert scene.move('lone').skip is None

    def test_wishes_hold_nobody_up(self, scene: Scene) -> None:
        assert scene.move('soft-1').skip is None

    @pytest.mark.parametrize(('action_type', 'parameters'), [
        ('nop', {'message': 'web'}), ('sleep', {'duration': 1}), ('volume_migrate', {'resource_id': 'v'}),
        ('change_nova_service_state', {'resource_id': 'cn2-id', 'resource_name': 'cn2', 'state': 'disabled'}),
        ('stop', {'resource_id': 'ghost'}), ('migrate', {}), ('migrate', {'resource_id': 7}),
        ('migrate', {'resource_id': 'web', 'source_node': None}),
        ('migrate', {'resource_id': 'web', 'source_node': 'cn1', 'destination_node': ['cn2']}),
        ('resize', {'resource_id': None})])
    def test_what_is_nothing_to_look_at_or_makes_no_sense_is_left_to_the_action(
            self, scene: Scene, action_type: str, parameters: dict[str, Any]) -> None:
        scene.cloud.calls.reset()
        assert scene.look(action_type, **parameters) == Verdict(parameters)
        assert not scene.cloud.calls.by_service()


class TestNothingLeftToDo:
    """Skipped, with the reason."""

    def test_a_server_that_is_gone(self, scene: Scene) -> None:
        scene.compute.delete('web')
        assert scene.move('web').skip == 'server web is gone'
        assert scene.look('resize', resource_id='web').skip == 'server web is gone'

    def test_one_that_is_there_already(self, scene: Scene) -> None:
        assert scene.move('apart-2').skip == 'server apart-2 is on cn2 already'

    def test_one_that_went_elsewhere(self, scene: Scene) -> None:
        found = scene.move('web', source='cn3')
        assert not found.stays
        assert found.skip == 'server web is on cn1, no longer on cn3'

    @pytest.mark.parametrize('action_type', ['migrate', 'resize', 'shelve'])
    def test_one_whose_host_is_down_is_left_to_evacuation(self, scene: Scene, action_type: str) -> None:
        scene.cloud.world.host_down('cn1')
        parameters = move('web', 'cn1', 'cn2') if action_type == 'migrate' else {'resource_id': 'web'}
        found = scene.look(action_type, **parameters)
        assert found.skip == 'host cn1 is down: its servers are left to evacuation'
        assert found.project == 'acme'
        assert found.stays

    def test_a_host_that_is_back_is_seen_at_once(self, scene: Scene) -> None:
        scene.cloud.world.host_down('cn1')
        assert scene.move('web').skip
        scene.cloud.world.host_up('cn1')
        assert scene.move('web').skip is None


class TestStale:
    """The target does not do any more, and there is no other."""

    def _why(self, scene: Scene, server: str = 'web', target: str = 'cn2') -> str:
        found = scene.move(server, target=target)
        assert found.skip
        assert found.stays
        why, _, no_other = found.skip.partition(', and no other host will do: ')
        assert no_other == 'so it is'
        assert scene.engine.asked[-1][1] == [target]
        return why

    def test_it_is_disabled(self, scene: Scene) -> None:
        scene.compute.set_service('cn2', False, 'broken fan')
        assert self._why(scene) == 'cn2 is disabled (broken fan)'

    def test_it_is_down(self, scene: Scene) -> None:
        scene.cloud.world.host_down('cn2')
        assert self._why(scene) == 'cn2 is down'

    def test_it_is_gone(self, scene: Scene) -> None:
        assert self._why(scene, target='cn9') == 'cn9 has no compute service any more'

    def test_it_is_full(self, scene: Scene) -> None:
        scene.compute.live_migrate('huge', 'cn3')
        assert self._why(scene, target='cn3') == 'cn3 has no room for it any more'

    def test_a_group_mate_stands_there(self, scene: Scene) -> None:
        assert self._why(scene, 'apart-1') == (
            'cn2 has 1 other member of anti-affinity group apart, of which it may have 1')

    def test_a_group_mate_is_on_its_way_there(self, scene: Scene) -> None:
        scene.compute.live_migrate('apart-2', 'cn3')
        assert self._why(scene, 'apart-1', 'cn3').startswith('cn3 has 1 other member')

    def test_a_group_that_must_stay_together_would_be_split(self, scene: Scene) -> None:
        assert self._why(scene, 'near-1') == 'affinity group near stands on another host than cn2'

    @pytest.mark.parametrize(('trait', 'word', 'is_stale'), [
        ('CUSTOM_NEW', 'required', True), ('CUSTOM_OLD', 'required', False),
        ('CUSTOM_OLD', 'forbidden', True), ('CUSTOM_NEW', 'forbidden', False),
        ('CUSTOM_NEW', 'nonsense', False)])
    def test_its_traits_are_others(self, scene: Scene, trait: str, word: str, is_stale: bool) -> None:
        with scene.cloud.world.lock:
            scene.cloud.world.change_host('cn2-id', traits=frozenset({'CUSTOM_OLD'}))
            flavor = scene.cloud.world.servers['web'].flavor
            scene.cloud.world.change('web', flavor=replace(flavor, extra_specs={f'trait:{trait}': word}))
        if is_stale:
            asked = trait if word == 'required' else f'not {trait}'
            assert self._why(scene) == f'cn2 does not have the traits that its flavor asks for: {asked}'
        else:
            assert scene.move('web').skip is None

    def test_what_a_server_holds_counts_where_its_flavor_does_not_tell_all(self, scene: Scene) -> None:
        with scene.cloud.world.lock:
            flavor = scene.cloud.world.servers['web'].flavor
            scene.cloud.world.change('web', flavor=replace(flavor, extra_specs={'hw:cpu_policy': 'shared'}))
        scene.cloud.calls.reset()
        assert scene.move('web', target='cn3').skip is None
        scene.compute.live_migrate('huge', 'cn3')
        assert self._why(scene, target='cn3').startswith('cn3 has no room')

    def test_without_an_engine_it_is_skipped_all_the_same(self, scene: Scene) -> None:
        drift = Drift(scene.compute, Placement(connect_with(scene.cloud.credentials())))
        row = Action(uuid='x', action_type='migrate', input_parameters=move('web', 'cn1', 'cn9'))
        assert drift.look(PLAN, row).skip == (
            'cn9 has no compute service any more, and no other host will do: '
            'no decision engine is asked for another host')


class TestElsewhere:
    def test_the_engine_names_another_host(self, scene: Scene) -> None:
        scene.engine.answers = ['cn3']
        scene.compute.set_service('cn2', False)
        found = scene.move('web')
        assert replace(found, seen=None) == Verdict(move('web', 'cn1', 'cn3'), project='acme',
                                note='cn2 is disabled (no reason is given): moved to cn3 instead')

    def test_what_it_names_is_looked_at_like_the_first_and_may_be_refused(self, scene: Scene) -> None:
        scene.engine.answers = ['cn4', 'cn3']
        scene.compute.set_service('cn2', False, 'a')
        found = scene.move('web')
        assert found.parameters['destination_node'] == 'cn3'
        assert found.note == 'cn2 is disabled (a): moved to cn3 instead'
        assert [besides for _, besides, _ in scene.engine.asked] == [['cn2'], ['cn2', 'cn4']]

    def test_it_is_not_asked_for_ever(self, scene: Scene) -> None:
        scene.engine.answers = ['cn9']
        found = scene.move('web', target='cn8')
        assert found.skip == ('cn8 has no compute service any more, and no other host will do: so it is')
        assert len(scene.engine.asked) == 4

    def test_what_was_promised_to_one_move_is_told_with_the_next(self, scene: Scene) -> None:
        scene.engine.answers = ['cn3', None, 'cn3']
        scene.compute.set_service('cn2', False)
        for server in ('web', 'lone', 'soft-1'):
            scene.move(server)
        assert [promised for _, _, promised in scene.engine.asked] == [
            {}, {'move of web': 'cn3'}, {'move of web': 'cn3'}]
        scene.clock.now += 3600
        scene.move('pair-1')
        assert scene.engine.asked[-1][2] == {}

    def test_a_silent_engine_costs_its_time_once(self, scene: Scene) -> None:
        scene.engine.answers = [Unavailable('the decision engine does not answer another_target'), 'cn3']
        scene.compute.set_service('cn2', False, 'a')
        for _ in range(3):
            assert scene.move('web').skip == ('cn2 is disabled (a), and no other host will do: the decision '
                                              'engine does not answer another_target')
        assert len(scene.engine.asked) == 1
        scene.clock.now += 11
        assert scene.move('web').parameters['destination_node'] == 'cn3'

    def test_an_engine_that_knows_nothing_of_the_plan_says_so(self, scene: Scene) -> None:
        scene.engine.answers = [NotFound('there is no action plan')]
        scene.compute.set_service('cn2', False, 'a')
        assert str(scene.move('web').skip).endswith('there is no action plan')


class _CellDown:
    """A Nova that has lost the cell of every server."""

    def server(self, uuid: str) -> ServerNow:
        return ServerNow(uuid, uuid, None, UNKNOWN, '', None, False)


class TestTheCloud:
    def test_that_does_not_answer_is_told_of(self, scene: Scene) -> None:
        scene.cloud.faults.strike('/compute', 503)
        with pytest.raises(Unavailable):
            scene.move('web')

    @pytest.mark.parametrize('part', ['/servers/', '/allocations/', 'servers/detail'])
    def test_that_refuses_to_tell_holds_nothing_up(self, scene: Scene, part: str) -> None:
        scene.compute.live_migrate('huge', 'cn3')
        scene.cloud.faults.break_path(part, 403, times=math.inf)
        server, target = ('apart-1', 'cn2') if part == 'servers/detail' else ('web', 'cn3')
        assert scene.move(server, target=target).skip is None

    @pytest.mark.parametrize('noun', ['os-services', 'os-server-groups', 'os-migrations', 'os-hypervisors'])
    def test_is_told_of_too_when_a_list_is_what_does_not_come(self, scene: Scene, noun: str) -> None:
        scene.cloud.faults.break_path(noun)
        with pytest.raises(Unavailable):
            scene.move('apart-1')
        assert scene.move('web').skip is None

    def test_may_tell_of_a_host_in_a_way_that_makes_no_sense(
            self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        services = scene.compute.services()
        monkeypatch.setattr(scene.compute, 'services', lambda: Listing(services.rows[2:], 'an odd row'))
        assert scene.move('web', target='cn2').skip is None
        assert scene.move('web', target='cn3').skip is None

    def test_is_not_believed_where_it_knows_nothing_of_a_server(self, scene: Scene) -> None:
        with pytest.raises(Unavailable, match="can't tell where server web is: its cell is down"):
            Drift(_CellDown(), None).look(PLAN, Action(     # type: ignore[arg-type]
                uuid='x', action_type='migrate', input_parameters=move('web', 'cn1', 'cn2')))

    def test_is_asked_two_questions_a_move_and_the_lists_once_for_all(self, scene: Scene) -> None:
        assert scene.move('web').skip is None
        scene.cloud.calls.reset()
        for server in ('soft-1', 'web', 'soft-1'):
            assert scene.move(server).skip is None
        assert dict(scene.cloud.calls.by_service()) == {'compute': 3, 'placement': 3}

    def test_lists_are_read_again_after_the_interval(self, scene: Scene) -> None:
        assert scene.move('web').skip is None
        scene.compute.set_service('cn2', False)
        scene.clock.now += 3
        assert scene.move('web').skip

    def test_what_the_plan_itself_has_enabled_a_moment_ago_is_no_hindrance(self, scene: Scene) -> None:
        scene.compute.set_service('cn2', False)
        assert scene.move('web').skip
        scene.compute.set_service('cn2', True)
        assert scene.move('web').skip is None

    def test_of_group_mates_that_ask_at_once_one_is_let_go(self, scene: Scene) -> None:
        found: list[Verdict] = []
        threads = [Thread(target=lambda server=server: found.append(scene.move(server, target='cn3')))
                   for server in ('pair-1', 'pair-2')]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [verdict.skip is None for verdict in found].count(True) == 1
        scene.clock.now += 60       # the one that was let go has not begun after all
        assert scene.move('pair-1', target='cn3').skip is None


# Rules that no cloud changes while a plan runs are left to Nova.
LEFT_TO_NOVA = ('is pinned to zone', 'is in no aggregate', 'is kept for other projects')


def test_of_a_whole_cloud_just_those_moves_are_stale_that_nova_would_refuse() -> None:
    crowded = generate(20, 500, 7)
    for each in crowded['hosts']:
        each['ram_mb'] = min(each['ram_mb'], 320_000)       # then many are full
    with Cloud(read(crowded), Clock(speed=0)) as cloud:
        connection = connect_with(cloud.credentials())
        compute = Compute(connection, 1, 0.01)
        for name in ('cmp-0003', 'cmp-0004', 'cmp-0005'):
            compute.set_service(name, False)
        clock = Watch()
        drift = Drift(compute, Placement(connection, 1, 0.01), None, 2.0, clock)
        stale = [(refusal, found.skip) for refusal, found in _random_moves(cloud, drift, clock)]
    refusals = [refusal for refusal, _ in stale if refusal]
    for words in ('has no room', 'is disabled', 'Anti-affinity group', 'No other member of affinity group'):
        assert any(words in refusal for refusal in refusals), words
    assert None in [refusal for refusal, _ in stale]
    assert [(refusal, skip) for refusal, skip in stale if bool(refusal) != bool(skip)] == []


def _random_moves(cloud: Cloud, drift: Drift, clock: Watch) -> Iterator[tuple[str | None, Verdict]]:
    """Why Nova would refuse a move, by what may change, and what is thought of it."""
    chance, world = random.Random(5), cloud.world
    grouped = sorted(server.uuid for server in world.servers.values() if server.groups)
    for number in range(100):
        server = world.servers[chance.choice(grouped if number % 2 else sorted(world.servers))]
        to = world.hosts[chance.choice(sorted(world.hosts))]
        source = world.host_name(server.host)
        if source == to.name or source is None or not world.host_named(source).reports:
            continue
        refusal = why_not(world, server, to)
        if refusal is None or not any(words in refusal for words in LEFT_TO_NOVA):
            row = Action(uuid='x', action_type='migrate', input_parameters=move(server.uuid, source, to.name))
            yield refusal, drift.look(PLAN, row)
            clock.now += 60         # those that were let go are not on their way
