# SPDX-License-Identifier: Apache-2.0
"""An audit ends with a plan, or with the sentence that says why there is none."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from tests.engine.conftest import empty_first_node
from watcher_py.core.changes import Migrate
from watcher_py.core.consolidation import measure
from watcher_py.core.errors import NotFound, Unavailable
from watcher_py.core.goals import DUMMY, Goal
from watcher_py.core.metrics import Metric
from watcher_py.core.pace import AtOnce, Pace
from watcher_py.core.solution import Outcome, Proposal, Solution
from watcher_py.core.strategy import Strategy
from watcher_py.db import models
from watcher_py.db.lease import Leases
from watcher_py.engine.auto_trigger import TriggerLimit
from watcher_py.engine.run_audit import run_audit

PATIENCE = 20
Maker = Callable[..., Any]


def test_an_audit_ends_with_a_recommended_plan(desk: Any) -> None:
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    ended = desk.again(audit)
    assert (ended.state, ended.hostname, ended.status_message) == ('SUCCEEDED', 'me', None)
    plan, = desk.plans()
    assert (plan.state, plan.audit.uuid, plan.strategy.name) == ('RECOMMENDED', audit.uuid, 'emptying')
    assert desk.applier.launched == []


def test_the_actions_stand_in_the_plans_order_with_their_reasons(desk: Any) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    actions = desk.actions()
    assert [action.input_parameters['resource_id'] for action in actions] == ['vm-a', 'vm-b']
    assert {action.reason for action in actions} == {'cn1 is to be empty'}
    assert {action.state for action in actions} == {'PENDING'}
    assert actions[0].input_parameters == {
        'resource_id': 'vm-a', 'resource_name': 'name of vm-a', 'migration_type': 'live',
        'source_node': 'cn1', 'destination_node': 'cn2'}


def test_the_actions_tell_when_they_are_likely_to_begin_and_how_long_they_take(desk: Any) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    plan, = desk.plans()
    actions = desk.actions()
    assert [action.planned_begin_s for action in actions] == [0.0, 0.0]
    assert max(action.planned_seconds for action in actions) == pytest.approx(plan.report['makespan_s'])


def test_parents_are_the_uuids_of_earlier_actions(make_desk: Maker, chained: Strategy) -> None:
    desk = make_desk(chained)
    run_audit(desk.tools, desk.audit().uuid)
    first, second = desk.actions()
    assert (first.parents, second.parents) == ([], [first.uuid])


def test_the_plan_tells_how_good_it_is(desk: Any) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    plan, = desk.plans()
    assert [(one.name, one.data) for one in plan.indicators] == [
        ('compute_nodes_count', 3), ('released_compute_nodes_count', 1), ('instance_migrations_count', 2),
        # 12 GiB, and twice the half second in which a live migration ends.
        ('moved_gb', 12.885), ('downtime_s', 1.0)]
    assert [(one['name'], round(one['value'], 1)) for one in plan.global_efficacy] == [
        ('released_nodes_ratio', 33.3)]
    times = [plan.report.pop(name) for name in ('makespan_s', 'makespan_bound_s')]
    assert times == pytest.approx([23.5, 23.5], abs=0.1)
    assert plan.report == {
        'objective': 'active nodes', 'before': 2, 'after': 1, 'bound': 1, 'gap': 0, 'migrations': 2,
        'ram_moved_mb': 12288, 'parking': 0, 'left_out': {}, 'notes': [], 'refrained': '',
        'stayed': {'vm-c': 'it stands well'},
        'stayed_by_reason': {'it stands well': 1}}


def test_what_could_not_be_measured_stands_in_the_report(make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy(metrics=(Metric.HOST_CPU,)))
    run_audit(desk.tools, desk.audit().uuid)
    assert desk.plans()[0].report['notes'] == ['host_cpu_usage: prometheus does not answer']


def test_what_could_not_be_read_of_the_cloud_stands_in_the_report_too(
        make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy(metrics=(Metric.HOST_CPU,)))
    desk.collector.gaps = ('servers: Nova does not answer; frozen: cn2',)
    run_audit(desk.tools, desk.audit().uuid)
    assert desk.plans()[0].report['notes'] == [
        'servers: Nova does not answer; frozen: cn2', 'host_cpu_usage: prometheus does not answer']


def test_a_report_keeps_ten_thousand_reasons_and_counts_them_all(
        make_desk: Maker, make_strategy: Maker) -> None:
    stayed = {f'vm-{number}': 'locked' for number in range(10_001)}
    desk = make_desk(make_strategy(decide=lambda *given: Solution(stayed=stayed)))
    run_audit(desk.tools, desk.audit().uuid)
    report = desk.plans()[0].report
    assert len(report['stayed']) == 10_000
    assert report['stayed_by_reason'] == {'locked': 10_001}


def test_a_strategy_gets_the_audits_parameters_and_defaults_for_the_rest(desk: Any) -> None:
    run_audit(desk.tools, desk.audit(parameters={'moves': 1}).uuid)
    assert len(desk.actions()) == 1


def test_an_audit_looks_at_its_scope_only(desk: Any) -> None:
    scope = [{'compute': [{'exclude': [{'compute_nodes': [{'name': 'cn1'}]}]}]}]
    run_audit(desk.tools, desk.audit(scope=scope).uuid)
    plan, = desk.plans()
    assert plan.indicators[0].data == 2


def test_an_audit_wants_the_cloud_as_it_is_now(desk: Any) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    assert desk.collector.asked == [0]


def test_a_goal_is_reached_by_its_first_strategy_by_name(make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy('zeal'), make_strategy('care'), make_strategy('a way', DUMMY))
    run_audit(desk.tools, desk.audit().uuid)
    assert desk.plans()[0].strategy.name == 'care'


def test_the_audits_own_strategy_is_taken(make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy('zeal'), make_strategy('care'))
    run_audit(desk.tools, desk.audit(strategy='zeal').uuid)
    assert desk.plans()[0].strategy.name == 'zeal'


def test_a_plan_with_nothing_to_do_has_succeeded_already(desk: Any) -> None:
    run_audit(desk.tools, desk.audit(parameters={'moves': 0}, auto_trigger=True).uuid)
    assert [plan.state for plan in desk.plans()] == ['SUCCEEDED']
    assert desk.applier.launched == []


def test_auto_trigger_launches_the_plan(desk: Any) -> None:
    run_audit(desk.tools, desk.audit(auto_trigger=True).uuid)
    plan, = desk.plans()
    assert (plan.state, desk.applier.launched) == ('PENDING', [plan.uuid])


def test_a_plan_that_is_too_large_waits_for_somebody_to_start_it(desk: Any) -> None:
    desk.tools = replace(desk.tools, trigger_limit=TriggerLimit(max_moves=1))
    run_audit(desk.tools, desk.audit(auto_trigger=True).uuid)
    plan, = desk.plans()
    assert (plan.state, desk.applier.launched) == ('RECOMMENDED', [])
    assert plan.status_message == ('Not started automatically: it has 2 moves, at most 1 are started '
                                   'automatically.')


def test_the_audit_says_how_its_plan_is_carried_out_and_the_strategy_does_not_see_it(
        make_desk: Maker, make_strategy: Maker) -> None:
    seen: list[Any] = []

    def decide(snapshot: Any, params: Any, budget: Any) -> Solution:
        seen.append(dict(params))
        return empty_first_node(snapshot, params, budget)

    desk = make_desk(make_strategy(decide=decide))
    execution = {'on_failure': 'stop-all', 'auto_trigger_max_moves': 2}
    desk.tools = replace(desk.tools, trigger_limit=TriggerLimit(max_moves=1))
    run_audit(desk.tools, desk.audit(auto_trigger=True, parameters={'execution': execution}).uuid)
    plan, = desk.plans()
    assert (plan.execution, plan.state) == (execution, 'PENDING')
    assert seen == [{'moves': 2}]
    assert desk.store.find(models.Evidence)[0].parameters == {'moves': 2}


def test_who_listens_hears_of_the_plan_as_it_is_made(desk: Any) -> None:
    heard: list[tuple[str, str]] = []

    class Ear:
        def added(self, row: Any) -> None:
            heard.append((row.noun(), getattr(row, 'state', '')))

        def changed(self, row: Any, before: str) -> None: ...
        def removed(self, row: Any) -> None: ...

    audit = desk.audit(auto_trigger=True)
    desk.store._listener = Ear()
    run_audit(desk.tools, audit.uuid)
    assert heard.count(('action plan', 'PENDING')) == 1


def test_what_is_carried_out_is_measured(desk: Any) -> None:
    run_audit(desk.tools, desk.audit().uuid)
    figures = desk.tools.deeds.registry.get_sample_value
    ended = {'noun': 'audit', 'type': 'ONESHOT', 'state': 'SUCCEEDED'}
    assert figures('watcher_deed_seconds_count', ended) == 1
    assert figures('watcher_solver_seconds_count', {'strategy': 'emptying'}) == 1
    assert figures('watcher_solver_gap', {'strategy': 'emptying'}) == 0


def test_a_plan_that_no_applier_is_told_of_is_found_by_one(desk: Any,
                                                           caplog: pytest.LogCaptureFixture) -> None:
    desk.applier.error = Unavailable('the message bus does not reach the applier')
    audit = desk.audit(auto_trigger=True)
    run_audit(desk.tools, audit.uuid)
    plan, = desk.plans()
    assert (desk.again(audit).state, plan.state, plan.status_message) == ('SUCCEEDED', 'PENDING', None)
    assert 'begins when an applier looks for it' in caplog.text


def test_plans_of_other_audits_are_left_alone(desk: Any) -> None:
    for _ in range(2):
        run_audit(desk.tools, desk.audit().uuid)
    assert [plan.state for plan in desk.plans()] == ['RECOMMENDED', 'RECOMMENDED']


@pytest.fixture
def ongoing(desk: Any) -> models.ActionPlan:
    """A plan, of another audit, that is being carried out."""
    run_audit(desk.tools, desk.audit().uuid)
    plan, = desk.plans()
    return desk.store.change(plan, state='ONGOING')  # type: ignore[no-any-return]


def test_an_ongoing_plan_cancels_an_audit_and_is_named(desk: Any, ongoing: models.ActionPlan) -> None:
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    ended = desk.again(audit)
    assert (ended.state, ended.hostname) == ('CANCELLED', None)
    assert ongoing.uuid in ended.status_message
    assert len(desk.plans()) == 1


def test_a_forced_audit_runs_beside_an_ongoing_plan(desk: Any, ongoing: models.ActionPlan) -> None:
    audit = desk.audit(force=True)
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == 'SUCCEEDED'
    assert len(desk.plans()) == 2


@pytest.mark.parametrize('state', ['ONGOING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'SUSPENDED'])
def test_only_a_pending_audit_is_carried_out(desk: Any, state: str) -> None:
    audit = desk.audit(state=state)
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == state
    assert desk.collector.asked == []


def test_of_engines_that_hear_of_one_audit_exactly_one_carries_it_out(desk: Any) -> None:
    audit, at_once = desk.audit(), Barrier(4)

    def hear(_: int) -> None:
        at_once.wait(PATIENCE)
        run_audit(replace(desk.tools, leases=Leases(desk.store, 'me')), audit.uuid)

    with ThreadPoolExecutor(4) as engines:
        list(engines.map(hear, range(4)))
    assert len(desk.plans()) == 1
    assert len(desk.actions()) == 2


@pytest.mark.parametrize('state', ['CANCELLED', 'SUSPENDED'])
def test_an_audit_that_was_cancelled_meanwhile_leaves_no_plan(desk: Any, state: str) -> None:
    audit = desk.audit(auto_trigger=True)
    desk.collector.before = lambda: desk.store.claim(audit, 'ONGOING', state)
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == state
    assert desk.plans() == desk.actions() == []
    assert desk.store.find(models.EfficacyIndicator) == []
    assert desk.applier.launched == []


def raise_(error: Exception) -> None:
    raise error


def test_an_error_fails_the_audit_with_its_sentence(desk: Any) -> None:
    desk.collector.before = lambda: raise_(Unavailable('Nova does not answer'))
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    ended = desk.again(audit)
    assert (ended.state, ended.status_message) == ('FAILED', 'Nova does not answer')
    assert desk.plans() == []


def test_a_long_sentence_is_cut_at_a_word(desk: Any) -> None:
    desk.collector.before = lambda: raise_(Unavailable('word ' * 100))
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    message = desk.again(audit).status_message
    assert len(message) <= 255
    assert message.endswith('word...')


def test_an_error_of_ours_is_told_and_logged_with_its_traceback(
        desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk.collector.before = lambda: raise_(ZeroDivisionError('a slip'))
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    ended = desk.again(audit)
    assert (ended.state, ended.status_message) == ('FAILED', 'internal error: ZeroDivisionError: a slip')
    assert 'Traceback' in caplog.text


def test_an_audit_that_was_cancelled_before_it_failed_stays_cancelled(desk: Any) -> None:
    audit = desk.audit()

    def cancel_and_fail() -> None:
        desk.store.claim(audit, 'ONGOING', 'CANCELLED')
        raise Unavailable('Nova does not answer')

    desk.collector.before = cancel_and_fail
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == 'CANCELLED'


def test_a_strategy_that_is_not_installed_here_fails_the_audit(desk: Any) -> None:
    goal = desk.store.get(models.Goal, 'server_consolidation')
    desk.store.add(models.Strategy(name='elsewhere', display_name='Elsewhere', goal_id=goal.id))
    audit = desk.audit(strategy='elsewhere')
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).status_message == 'strategy elsewhere is not installed on this decision engine'


def test_a_goal_without_a_strategy_fails_the_audit(desk: Any) -> None:
    desk.store.add(models.Goal(name='calm', display_name='Calm'))
    audit = desk.audit(goal='calm')
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).status_message == (
        'no strategy for goal calm is installed on this decision engine')


def test_moves_that_no_order_makes_possible_are_left_out_and_told(
        make_desk: Maker, make_strategy: Maker) -> None:
    """Two servers that are to change places where neither has room."""
    big = [Migrate('vm-a', 'a', 'cn1', 'cn2'), Migrate('vm-c', 'c', 'cn2', 'cn1')]
    desk = make_desk(make_strategy(decide=lambda *given: Solution(
        tuple(Proposal(move, 'swap') for move in big))))
    desk.collector.cluster.nodes.total[:] = desk.collector.cluster.used()[:]
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == 'SUCCEEDED'
    assert desk.actions() == []
    left_out = desk.plans()[0].report['left_out']
    assert list(left_out) == ['vm-a', 'vm-c']
    assert 'no third node can take' in left_out['vm-a']


def test_a_plan_promises_what_is_in_it_not_what_was_left_out(
        make_desk: Maker, make_strategy: Maker) -> None:
    moves = [Migrate('vm-a', 'a', 'cn1', 'cn2'), Migrate('vm-c', 'c', 'cn2', 'cn1')]
    meant = Solution(tuple(Proposal(move, 'swap') for move in moves),
                     {'compute_nodes_count': 3, 'released_compute_nodes_count': 2},
                     Outcome('active nodes', 2, 0, 0))
    desk = make_desk(replace(make_strategy(decide=lambda *given: meant), measure=measure))
    desk.collector.cluster.nodes.total[:] = desk.collector.cluster.used()[:]
    run_audit(desk.tools, desk.audit().uuid)
    plan = desk.plans()[0]
    assert {row.name: row.predicted for row in plan.indicators}['released_compute_nodes_count'] == 0
    assert (plan.report['before'], plan.report['after']) == (2, 2)
    assert plan.global_efficacy[0]['value'] == 0


def test_the_plan_reckons_with_what_the_applier_does_at_once(desk: Any) -> None:
    run_audit(replace(desk.tools, pace=Pace(per_node=1, overhead=100.0)), desk.audit().uuid)
    assert desk.plans()[0].report['makespan_s'] > 200


def test_the_plan_goes_no_faster_than_its_strategy_and_its_audit_allow(
        make_desk: Maker, make_strategy: Maker) -> None:
    moves = [Migrate('vm-a', 'a', 'cn1', 'cn3'), Migrate('vm-c', 'c', 'cn2', 'cn3')]
    desk = make_desk(make_strategy(decide=lambda *given: Solution(
        tuple(Proposal(move, 'go') for move in moves), at_once=AtOnce(in_all=1))))
    desk.tools = replace(desk.tools, pace=Pace(per_node=4, in_all=8, overhead=100.0))
    run_audit(desk.tools, desk.audit(parameters={'execution': {'parallel': 2, 'parallel_per_host': 3}}).uuid)
    plan = desk.plans()[0]
    assert plan.execution == {'parallel': 1, 'parallel_per_host': 3}
    assert plan.report['makespan_s'] > 200
    assert [row.parents for row in desk.actions()] == [[], []]


def test_an_indicator_that_the_goal_does_not_declare_fails_the_audit(
        make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy(goal=Goal('plain', 'Plain')))
    audit = desk.audit(goal='plain')
    run_audit(desk.tools, audit.uuid)
    assert desk.again(audit).state == 'FAILED'
    assert 'declares no indicator' in desk.again(audit).status_message
    assert desk.plans() == []


def test_an_audit_that_is_not_there_is_not_found(desk: Any) -> None:
    with pytest.raises(NotFound):
        run_audit(desk.tools, 'b7f6ba1d-8c1f-4d11-9c1e-7d4c0d7f1c55')


def test_an_audit_is_five_lines_of_log(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'watcher_py.engine')
    audit = desk.audit()
    run_audit(desk.tools, audit.uuid)
    lines = [record.getMessage() for record in caplog.records]
    uuid, plan = audit.uuid, desk.plans()[0].uuid
    assert lines == [
        f'Audit {uuid}: claimed, goal server_consolidation',
        f'Audit {uuid}: gathered 3 nodes (0 frozen), 3 servers, metrics: instance_cpu_usage',
        f'Audit {uuid}: emptying decided 2 actions, 2 moves in about 23 s; active nodes: 2 -> 1, bound 1',
        f'Audit {uuid}: stored action plan {plan}',
        f'Audit {uuid}: done']
