# SPDX-License-Identifier: Apache-2.0
"""How many of a plan's actions are in which state, as one bar."""

from collections.abc import Sequence

from markupsafe import Markup

from watcher_py.dashboard.pictures.svg import element, percent

HEIGHT = 18


def state_bar(counts: Sequence[tuple[str, int]]) -> Markup:
    """Of numbers by state, from left to right."""
    total = sum(count for _, count in counts) or 1
    parts, before = [], 0
    for state, count in counts:
        name = state.lower()
        parts.append(element('rect', element('title', f'{count} {name}'), class_=f'bar {name}', y=0,
                             x=percent(before / total), width=percent(count / total), height=HEIGHT))
        before += count
    told = ', '.join(f'{count} {state.lower()}' for state, count in counts)
    return element('svg', parts, class_='state-bar', role='img', aria_label=told or 'no actions',
                   width='100%', height=HEIGHT)
