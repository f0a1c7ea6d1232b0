# SPDX-License-Identifier: Apache-2.0
"""What was lost, doubled or illegal: the services' rows held against the emulated cloud's own journal."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from storm.site import Site
from watcher_py.core.states import PlanState
from watcher_py.db.models import Action, ActionPlan, Audit

Entry = dict[str, Any]

SLACK = 1.0                         # seconds between what two clocks of this machine call the same moment
LONGEST_GAP = 90.0                  # seconds between two runs of an audit that runs every few seconds
OF_AUDITS, OF_PLANS = ('SUCCEEDED', 'FAILED', 'CANCELLED'), ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SUPERSEDED')
OF_ACTIONS = ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')


@dataclass
class Verdict:
    """A sentence for each thing that is wrong, and how much there was to be judged."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    illegal: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """A migration that the cloud accepted, and its end."""

    departed: Entry
    end: str | None                 # 'completed', 'error', ...; None: it has not ended

    @property
    def has_arrived(self) -> bool:
        return self.end in ('completed', 'confirmed')


def judge(site: Site) -> Verdict:
    journal, store, verdict = site.journal(), site.store, Verdict()
    moves = _moves(journal['entries'])
    actions = store.find(Action, depth=0)
    plans, audits = store.find(ActionPlan), store.find(Audit, depth=0)
    verdict.illegal += journal['violations']
    _judge_moves(verdict, actions, moves)
    _judge_audits(verdict, audits, plans)
    _judge_plans(verdict, plans, actions)
    for server, found in moves.items():
        verdict.lost += [f'server {server} is still on its way' for move in found if move.end is None]
    verdict.counts = {
        'audits': _by_state(audits), 'plans': _by_state(plans), 'actions': _by_state(actions),
        'migrations': sum(len(found) for found in moves.values()),
        'failures': Counter(row.status_message for row in (*audits, *plans) if row.state == 'FAILED')}
    return verdict


def _by_state(rows: list[Any]) -> dict[str, int]:
    return dict(Counter(str(row.state) for row in rows))


def _moves(entries: list[Entry]) -> dict[str, list[Move]]:
    """Those of each server, in their order."""
    ends = {entry['migration']: entry['what'] for entry in entries
            if entry.get('migration') and entry['what'] in
            ('completed', 'confirmed', 'error', 'cancelled', 'reverted', 'failed')}
    found: dict[str, list[Move]] = defaultdict(list)
    for entry in entries:
        if entry['what'] == 'depart':
            found[entry['server']].append(Move(entry, ends.get(entry['migration'])))
    return found


def _judge_moves(verdict: Verdict, actions: list[Action], moves: dict[str, list[Move]]) -> None:
    wanting: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if action.action_type == 'migrate' and action.begun_at is not None:
            wanting[action.input_parameters['resource_id']].append(action)
    verdict.doubled += [f'no action wanted the migrations of {server}'
                        for server in moves.keys() - wanting.keys()]
    for server, rows in wanting.items():
        own, back = _shared_out(rows, moves.get(server, []), verdict)
        for action in rows:
            _judge_action(verdict, action, own[action.uuid], back[action.uuid])


def _shared_out(rows: list[Action], moves: list[Move],
                verdict: Verdict) -> tuple[dict[str, list[Move]], dict[str, list[Move]]]:
    """Each migration of a server is the deed of one of its actions, or takes one of them back."""
    own: dict[str, list[Move]] = defaultdict(list)
    back: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        # Two plans may have wanted the same at the same time: it is his who tells it as it was and has none.
        found = sorted((row for row in rows if _wanted(row, move)), key=lambda row: (
            (row.state == 'SUCCEEDED') != move.has_arrived, len(own[row.uuid])))
        found_back = [row for row in rows if _wanted_back(row, move)]
        if found:
            own[found[0].uuid].append(move)
        elif found_back:
            back[found_back[0].uuid].append(move)
        else:
            verdict.doubled.append(f'no action wanted the migration {move.departed}')
    return own, back


def _judge_action(verdict: Verdict, action: Action, own: list[Move], back: list[Move]) -> None:
    called = f'action {action.uuid} of server {action.input_parameters["resource_id"]}, {action.state}'
    if len(own) > 1 or len(back) > 1:
        verdict.doubled.append(f'{called}: {len(own)} migrations, {len(back)} back')
    has_arrived = any(move.has_arrived for move in own)
    if (action.state == 'SUCCEEDED') != has_arrived and action.state in OF_ACTIONS:
        ends = [(move.departed['source'], move.departed['target'], move.end) for move in own]
        verdict.lost.append(f'{called} ({action.status_message}): its migrations are {ends}')


def _wanted(action: Action, move: Move) -> bool:
    """Whether the migration was asked for while the action was carried out, and does what it is to do."""
    wanted, asked = action.input_parameters, move.departed
    return bool(_seconds(action.begun_at) - SLACK <= asked['real'] <= _seconds(action.ended_at) + SLACK
                and asked['source'] == wanted['source_node']
                and wanted.get('destination_node') in (None, asked['target']))


def _wanted_back(action: Action, move: Move) -> bool:
    return bool(('revert' in action.memory or 'reverted' in action.memory)
                and move.departed['real'] >= _seconds(action.ended_at) - SLACK
                and move.departed['target'] == action.input_parameters['source_node'])


def _judge_audits(verdict: Verdict, audits: list[Audit], plans: list[ActionPlan]) -> None:
    of_audit = defaultdict(list)
    for plan in plans:
        of_audit[plan.audit_id].append(plan)
    for audit in audits:
        own = of_audit[audit.id]
        if audit.state not in OF_AUDITS:
            verdict.lost.append(f'audit {audit.uuid} is {audit.state}')
        if audit.audit_type == 'CONTINUOUS':
            verdict.lost += _gaps(audit, own)
        elif audit.state == 'SUCCEEDED' and not own:
            verdict.lost.append(f'audit {audit.uuid} has no plan')
        elif len(own) > 1:
            verdict.doubled.append(f'audit {audit.uuid} has {len(own)} plans')


def _judge_plans(verdict: Verdict, plans: list[ActionPlan], actions: list[Action]) -> None:
    states: dict[int, set[str]] = defaultdict(set)
    for action in actions:
        states[action.action_plan_id].add(action.state)
    for plan in plans:
        # One that nobody started, or that the gate of automatic starts holds back, waits for its operator.
        if plan.state not in OF_PLANS and not (plan.state == PlanState.RECOMMENDED and _may_wait(plan)):
            verdict.lost.append(f'plan {plan.uuid} is {plan.state}: {plan.status_message}')
        if plan.state == 'SUCCEEDED' and states[plan.id] - {'SUCCEEDED', 'SKIPPED'}:
            verdict.lost.append(f'plan {plan.uuid} has succeeded with actions {states[plan.id]}')
        if plan.state in OF_PLANS[:3] and states[plan.id] - set(OF_ACTIONS):
            verdict.lost.append(f'plan {plan.uuid} is {plan.state} with actions {states[plan.id]}')


def _may_wait(plan: ActionPlan) -> bool:
    return not plan.audit.auto_trigger or bool(plan.status_message)


def _gaps(audit: Audit, plans: list[ActionPlan]) -> Iterator[str]:
    moments = sorted(_seconds(plan.created_at) for plan in plans)
    for first, second in pairwise(moments):
        if second - first > LONGEST_GAP:
            yield f'audit {audit.uuid} did not run for {second - first:.0f} s'
    if not moments:
        yield f'audit {audit.uuid} never ran'


def _seconds(moment: datetime | None) -> float:
    return float('inf') if moment is None else moment.replace(tzinfo=UTC).timestamp()
