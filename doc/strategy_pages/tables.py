# SPDX-License-Identifier: Apache-2.0
"""What the strategies' pages include: the table of parameters, and the example with its plan."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from strategy_pages.runs import Run
from watcher_py.core import restraint
from watcher_py.core.changes import (
    Change,
    Given,
    Migrate,
    MoveVolume,
    Nop,
    Resize,
    SetPower,
    SetService,
    Sleep,
    Stop,
)
from watcher_py.core.schedule import PlannedAction
from watcher_py.core.strategy import Strategy
from watcher_py.engine.plan_rows import Decision

Schema = Mapping[str, Any]
NONE = '\\-'


def parameters(strategy: Strategy) -> str:
    """The strategy's own, then those of restraint if it takes them."""
    properties = strategy.parameters.get('properties', {})
    required = strategy.parameters.get('required', ())
    own = [name for name in properties if name not in restraint.PARAMETERS]
    shared = [name for name in properties if name in restraint.PARAMETERS]
    tables = [_parameter_table('', {name: properties[name] for name in own}, required)]
    if shared:
        tables.append(_parameter_table('Parameters of :doc:`restraint </reference/restraint>`, optional too',
                                       {name: properties[name] for name in shared}, required))
    return '\n'.join(tables)


def example(run: Run) -> str:
    name = run.example.strategy
    shown = 'before and after its plan' if run.is_placing else 'the actions of its plan'
    return '\n'.join((
        f'.. image:: /images/strategies/{name}.svg', f'   :alt: {name}: {shown}', '',
        f'With :download:`{name}.json </../strategies_examples/{name}.json>`::', '',
        *(f'    {line}' for line in _command(run)), '',
        *_outcome(run), *_plan(run), *_indicators(run), *_stayed(run))) + '\n'


def goals(strategies: Iterable[Strategy]) -> str:
    """Of each goal: its strategies, and its indicators."""
    ways: dict[str, list[str]] = {}
    found = {}
    for strategy in strategies:
        found[strategy.goal.name] = strategy.goal
        ways.setdefault(strategy.goal.name, []).append(strategy.name)
    return '\n'.join(part for name, goal in sorted(found.items()) for part in (
        name, '-' * len(name), '', 'By ' + ', '.join(f':doc:`{way}`' for way in sorted(ways[name])) + '.', '',
        _table('Indicators', ('name', 'unit', 'meaning'), (36, 12, 52), [
            (f'``{each.name}``', each.unit or NONE, each.description) for each in goal.indicators])))


def audit(run: Run) -> str:
    """The same of a running cloud."""
    words = [f'openstack optimize audit create --goal {run.strategy.goal.name}',
             f'--strategy {run.strategy.name}',
             *(f'-p {_given(item)}' for item in run.example.params.items())]
    return '\n'.join(('::', '', *(f'    {line}' for line in _wrapped(words)))) + '\n'


def _command(run: Run) -> list[str]:
    name = run.example.strategy
    return _wrapped([f'watcher-plan --cluster {name}.json', f'--strategy {name}',
                     *(f'--param {_given(item)}' for item in run.example.params.items())])


def _given(item: tuple[str, Any]) -> str:
    name, value = item
    words = value if isinstance(value, str) else json.dumps(value)
    return f'{name}={shlex.quote(words)}'


def _wrapped(words: Sequence[str]) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) > 76:
            lines[-1] += ' \\'
            # A parameter that is JSON may go on in the next line.
            lines += wrap(word, 80, initial_indent='    ', subsequent_indent='        ',
                          break_long_words=False, break_on_hyphens=False)
        else:
            lines[-1] += ' ' + word
    return lines


def _parameter_table(title: str, properties: Mapping[str, Schema], required: Sequence[str]) -> str:
    rows = [(f'``{name}``', _default(name, schema, required), schema.get('description', '') + _range(schema))
            for name, schema in properties.items()]
    return _table(title, ('name', 'default', 'meaning'), (22, 24, 54), rows)


def _default(name: str, schema: Schema, required: Sequence[str]) -> str:
    if 'default' not in schema:
        return 'required' if name in required else 'none'
    return f'``{json.dumps(schema["default"])}``'


def _range(schema: Schema) -> str:
    choice = schema.get('enum') or schema.get('choice') or schema.get('items', {}).get('enum')
    least, most = schema.get('minimum'), schema.get('maximum')
    if choice:
        return f' ({", ".join(f"``{value}``" for value in choice)})'
    if least is None:
        return ''
    return f' (from {least})' if most is None else f' ({least} to {most})'


def _table(title: str, head: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> str:
    lines = [f'.. list-table:: {title}'.rstrip(), '   :header-rows: 1',
             f'   :widths: {" ".join(map(str, widths))}', '']
    for cells in (head, *rows):
        lines += [f'   {"* -" if place == 0 else "  -"} {cell}'.rstrip() for place, cell in enumerate(cells)]
    return '\n'.join(lines) + '\n'


def _outcome(run: Run) -> Iterator[str]:
    outcome = run.solution.outcome
    if outcome:
        yield (f'**{outcome.objective[0].upper()}{outcome.objective[1:]}**: {outcome.before:.4g} before, '
               f'{outcome.after:.4g} after; no plan can end below {outcome.bound:.4g}.')
        yield ''


def _indicators(run: Run) -> Iterator[str]:
    goal = run.strategy.goal
    values = Decision(goal, run.before, run.solution, run.plan).indicators()
    told = [f'``{name}`` {value:.4g}' for name, value in values.items()]
    efficacy = [f'``{each["name"]}`` {each["value"]:.4g} {each["unit"]}'
                for each in goal.global_efficacy(values)]
    yield f'Indicators: {", ".join(told)}.' + (f' Efficacy: {", ".join(efficacy)}.' if efficacy else '')
    yield ''


def _plan(run: Run) -> Iterator[str]:
    rows = [(str(place), _said(action.change), _waits(action), _plain(action.reason))
            for place, action in enumerate(run.plan.actions, 1)]
    yield _table('The plan', ('', 'action', 'waits for', 'why'), (5, 32, 13, 50), rows)


def _waits(action: PlannedAction) -> str:
    return ', '.join(str(place + 1) for place in action.parents) or NONE


def _stayed(run: Run) -> Iterator[str]:
    cluster = run.before.cluster
    names = {**dict(zip(cluster.nodes.uuid, cluster.nodes.name, strict=True)),
             **dict(zip(cluster.servers.uuid, cluster.servers.name, strict=True)),
             **dict(zip(cluster.storage.volumes.uuid, cluster.storage.volumes.name, strict=True))}
    if run.solution.stayed:
        yield 'What stays, and why:'
        yield ''
        for uuid, reason in run.solution.stayed.items():
            yield f'* ``{names.get(uuid, uuid)}``: {_plain(reason)}'
    if run.solution.refrained:
        yield _plain(run.solution.refrained)


def _plain(words: str) -> str:
    """What Sphinx would take for a mark, or for the address of a mail, stays what it is."""
    return re.sub(r'([\\*`|@]|_(?!\w))', r'\\\1', words)


def _said(change: Change) -> str:
    match change:
        case Migrate():
            return f'``{change.server_name}`` from ``{change.source}`` to ``{change.target}``' + (
                '' if change.is_live else ', cold')
        case SetService():
            return f'{"enable" if change.is_enabled else "disable"} ``{change.node_name}``'
        case SetPower():
            return f'switch ``{change.node_name}`` {"on" if change.is_on else "off"}'
        case MoveVolume():
            return f'volume ``{change.volume_name}`` from ``{change.source}`` to ``{change.target}``' + (
                f', as type ``{change.target_type}``' if change.target_type else '')
        case Resize():
            return f'resize ``{change.server_name}`` to ``{change.flavor}``'
        case Stop():
            return f'stop ``{change.server_name}``'
        case Sleep():
            return f'sleep {change.seconds:g} s'
        case Nop():
            return f'nop: {change.message}'
        case Given():
            return f'{change.action_type}: ' + ', '.join(
                f'{key} {value}' for key, value in change.given.items())
