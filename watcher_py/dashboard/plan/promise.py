# SPDX-License-Identifier: Apache-2.0
"""What a plan does, what it costs, and how good it is, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from watcher_py.dashboard import words
from watcher_py.dashboard.plan.objective import teller

Row = Mapping[str, Any]
Values = Mapping[str, float | None]


def values_of(figures: list[Row], which: str = 'predicted') -> dict[str, float | None]:
    """Indicators by name, as promised or as measured."""
    return {figure['name']: figure.get(which) for figure in figures}


def gain(values: Values) -> str:
    """What a plan with these indicators is for; '' where they tell nothing of it."""
    return next((tell(values) for names, tell in GAINS.items() if _are_known(values, *names)), '')


def gain_of(plan: Row) -> str:
    """What the plan is for, in a sentence whatever the plan is."""
    if told := gain(values_of(plan['efficacy'])):
        return told
    if plan.get('objective') and plan.get('before') is not None:
        tell = teller(plan['objective'])
        return _brings(plan['objective'], tell(plan['before']), tell(plan['after']))
    count = len(plan['actions'])
    return f'Carries out {words.plural(count, "action")}' if count else 'Does nothing'


def cost(values: Values, seconds: float | None = None) -> str:
    """How much is moved for it, in how long; '' where nothing is."""
    moved, size = values.get('instance_migrations_count'), values.get('moved_gb')
    if not moved:
        return ''
    how_much = f' with {words.gb(size)} of memory' if size else ''
    how_long = f' in about {words.span(seconds)}' if seconds else ''
    return f'moving {words.plural(round(moved), "server")}{how_much}{how_long}'


def proof(plan: Row) -> str:
    """How far the plan is from the best there can be; '' where nothing was proven."""
    objective, after, bound, gap = (plan.get(name) for name in ('objective', 'after', 'bound', 'gap'))
    if objective is None or after is None or bound is None or gap is None:
        return ''
    tell = teller(objective)
    if gap <= 1e-9:
        return f'No plan can do better: it is proven that none gets below {tell(bound)} ({objective}).'
    if bound <= 0:
        return f'How much better another plan could be is not known: nothing above {tell(0.0)} is proven.'
    return (f'It is proven that no plan gets below {tell(bound)} ({objective}); '
            f'this one ends {words.share(gap)} above that.')


def _are_known(values: Values, *names: str) -> bool:
    return all(values.get(name) is not None for name in names)


def _count(value: float | None, noun: str) -> str:
    return words.UNKNOWN if value is None else words.plural(round(value), noun)


def _part(part: float | None, whole: float | None, noun: str) -> str:
    """25 of 40 hosts."""
    return f'{words.number(part)} of {_count(whole, noun)}'


def _freed(values: Values) -> str:
    freed, all_ = values['released_compute_nodes_count'], values['compute_nodes_count']
    return f'Frees {_part(freed, all_, "host")}'


def _evened_out(values: Values) -> str:
    before, after = (values[f'standard_deviation_{when}_audit'] for when in ('before', 'after'))
    return _brings('the deviation of load between hosts', _points(before), _points(after),
                   ' percentage points')


def _points(share: float | None) -> str:
    return words.number(None if share is None else 100 * share, 2)


def _saved_power(values: Values) -> str:
    before, after = values['power_before_w'], values['power_after_w']
    drawn = _brings('the power that hosts draw', words.number(before, 0), words.number(after, 0), ' W')
    return drawn + _switched(values)


def _switched(values: Values) -> str:
    told = [f'{_count(values[name], "host")} {how}' for name, how in (
        ('switched_off_count', 'off'), ('switched_on_count', 'on')) if values.get(name)]
    return f', switching {" and ".join(told)}' if told else ''


def _only_switched(values: Values) -> str:
    told = _switched(values).removeprefix(', switching ')
    return f'Switches {told}' if told else 'Switches no host'


def _brings(what: str, before: str, after: str, unit: str = '') -> str:
    if before == after:
        return f'Leaves {what} at {before}{unit}'
    return f'Brings {what} from {before} to {after}{unit}'


def _fewer(before: str, after: str, what: str) -> Callable[[Values], str]:
    return lambda values: _brings(what, words.number(values[before]), words.number(values[after]))


def _pair(name: str, what: str) -> tuple[tuple[str, ...], Callable[[Values], str]]:
    before, after = f'{name}_before_count', f'{name}_after_count'
    return (before, after), _fewer(before, after, what)


# By the indicators that are needed to say it.
GAINS: Mapping[tuple[str, ...], Callable[[Values], str]] = {
    ('power_before_w', 'power_after_w'): _saved_power,
    ('switched_off_count', 'switched_on_count'): _only_switched,
    ('released_compute_nodes_count', 'compute_nodes_count'): _freed,
    ('emptied_nodes_count', 'maintained_nodes_count'): lambda values: (
        f'Empties {_part(values["emptied_nodes_count"], values["maintained_nodes_count"], "host")} '
        'for maintenance'),
    **dict([_pair('full_pools', 'storage pools that are too full'),
            _pair('hot_nodes', 'hosts that are too hot'),
            _pair('strained_nodes', 'hosts with too much airflow'),
            _pair('disturbed', 'servers that suffer from a neighbour'),
            _pair('faults', 'faults of the placement')]),
    ('standard_deviation_before_audit', 'standard_deviation_after_audit'): _evened_out}
