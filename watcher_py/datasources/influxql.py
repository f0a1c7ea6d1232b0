# SPDX-License-Identifier: Apache-2.0
"""Operators' queries of InfluxDB for one host or server, as one query for all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import MetricNeed

# How queries choose the one that Watcher would ask about.
_ONE = re.compile(r'''"?(?P<tag>[\w.-]+)"?\s*(?:=~\s*/\^?\{1\}\$?/|=\s*'\{1\}')''')
_GROUP = re.compile(r'\s+GROUP\s+BY\s+', re.IGNORECASE)
_TAIL = re.compile(r'\s+(?=fill\s*\(|tz\s*\(|ORDER\s+BY\s)', re.IGNORECASE)
# Watcher looks at the first row alone; here all of them count.
_LIMITS = re.compile(r'\s+S?(?:LIMIT|OFFSET)\s+\d+', re.IGNORECASE)
_TIME = re.compile(r'\btime\s*\(', re.IGNORECASE)

# Of each step the mean, whatever is asked of the period: in '100 - {0}("idle")' the most would be the least.
_METHOD = 'mean'


@dataclass(frozen=True)
class Question:
    """A query, and the tag that tells whose a series of its answer is; None: the only tag it has."""

    text: str
    tag: str | None


def question(template: str, attribute: str | None, need: MetricNeed, retention: str) -> Question:
    """What the operator told, for all hosts or servers and in steps of the need's granularity."""
    found = _ONE.search(template)
    tag = found['tag'] if found else attribute
    text = _in_steps(_ONE.sub(r'"\g<tag>" =~ /./', template), tag)
    if '{1}' in text:
        raise Invalid(f'the query {template!r} is about one host or server; only "tag" =~ /^{{1}}$/ and '
                      f'"tag" = \'{{1}}\' can be made to be about all')
    step = max(1, round(need.granularity))
    # The step in which the period begins is to be there whole.
    period = max(1, round(need.period)) + step
    try:
        return Question(text.format(_METHOD, None, period, step, retention), tag)
    except (LookupError, ValueError) as error:
        raise Invalid(f'the query {template!r} can\'t be filled in: only {{0}} to {{4}} may stand in '
                      f'braces') from error


def retention(periods: Mapping[str, float], need: MetricNeed) -> str:
    """The shortest policy that covers the period, else the longest."""
    ordered = sorted(periods, key=lambda name: periods[name])
    if not ordered:
        raise Invalid('[grafana_translators] retention_periods is empty')
    return next((name for name in ordered if periods[name] >= need.period), ordered[-1])


def _in_steps(text: str, tag: str | None) -> str:
    query, *tail = _TAIL.split(_LIMITS.sub('', text).strip(' \t\n;'), maxsplit=1)
    head, *groups = _GROUP.split(query, maxsplit=1)
    if not any(map(_TIME.search, groups)):
        groups.insert(0, 'time({3}s)')
    if tag and not any(re.search(rf'(?<![\w.-]){re.escape(tag)}(?![\w.-])', group) for group in groups):
        groups.append(f'"{tag}"')
    if not tail or not tail[0].lower().startswith('fill'):
        tail.insert(0, 'fill(none)')
    return f'{head} GROUP BY {", ".join(groups)} {" ".join(tail)}'
