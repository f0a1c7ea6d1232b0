# SPDX-License-Identifier: Apache-2.0
"""The audit that a form asks for: the body of a POST, its scope, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Invalid
from watcher_py.dashboard.audits.scope import Scope, made_of
from watcher_py.dashboard.forms import reading
from watcher_py.dashboard.forms.faults import placed
from watcher_py.dashboard.forms.fields import Field
from watcher_py.dashboard.posted import Posted

PARAMETER = 'p.'        # before the names of a strategy's parameters, which may be anything
ONESHOT, CONTINUOUS, EVENT = TYPES = ('ONESHOT', 'CONTINUOUS', 'EVENT')
TIMES = ('start_time', 'end_time')
# Attributes of the audit itself, by the word that a complaint of the API begins with.
OWN = ('name', 'interval', *TIMES)


@dataclass(frozen=True)
class Wanted:
    """`faults` are by the name of the control."""

    body: dict[str, Any]
    scope: Scope
    faults: Mapping[str, str]


def audit(form: Posted, fields: Sequence[Field]) -> Wanted:
    """The scope is not in the body: Watcher's contract has no place for it there."""
    read, (scope, wrong) = _parameters(form, fields), _scope(form)
    body, faults = _own(form)
    return Wanted({**body, 'parameters': read.values}, scope, {**faults, **_prefixed(read.faults), **wrong})


def template(form: Posted, fields: Sequence[Field], defaults: Mapping[str, Any]) -> Wanted:
    """Only what differs from the strategy's own defaults is kept, so that these may change."""
    read, (scope, wrong) = _parameters(form, fields), _scope(form)
    presets = {name: value for name, value in read.values.items() if value != defaults.get(name)}
    body = {'name': form.one('name'), 'scope': scope, 'default_parameters': presets}
    if form.one('description'):
        body['description'] = form.one('description')
    faults = {} if form.one('name') else {'name': 'A template needs a name.'}
    return Wanted(body, scope, {**faults, **_prefixed(read.faults), **wrong})


def complaint(sentence: str, fields: Sequence[Field]) -> dict[str, str]:
    """What the API says, at the control that it is about; at '' when it is about none."""
    if found := _prefixed(placed(sentence, [each.name for each in fields])):
        return found
    return {next((name for name in OWN if sentence.lower().startswith(name)), ''): sentence}


def _parameters(form: Posted, fields: Sequence[Field]) -> reading.Read:
    return reading.read(fields, {each.name: form.all(PARAMETER + each.name) for each in fields})


def _scope(form: Posted) -> tuple[Scope, dict[str, str]]:
    """As chosen, or as the JSON says that was given instead; and what is wrong with that."""
    text = form.one('scope')
    if not text:
        return made_of(form.all('zone'), form.all('aggregate'), form.all('left_out')), {}
    try:
        found = reading.document(text)
    except Invalid as error:
        return [], {'scope': str(error)}
    return (found, {}) if isinstance(found, list) else ([], {'scope': 'A scope is a list.'})


def _own(form: Posted) -> tuple[dict[str, Any], dict[str, str]]:
    audit_type = form.one('audit_type') or ONESHOT
    body: dict[str, Any] = {'audit_type': audit_type, 'auto_trigger': 'auto_trigger' in form}
    if form.one('name'):
        body['name'] = form.one('name')
    if audit_type not in TYPES:
        return body, {'audit_type': f'{audit_type!r} is no type of audit.'}
    if audit_type != ONESHOT:
        # The controls ask for UTC, and say so.
        body |= {name: f'{form.one(name)}+00:00' for name in TIMES if form.one(name)}
    if audit_type != CONTINUOUS:
        return body, {}
    interval = form.one('interval')
    return {**body, 'interval': interval}, {} if interval else {
        'interval': 'A continuous audit needs an interval.'}


def _prefixed(faults: Mapping[str, str]) -> dict[str, str]:
    return {PARAMETER + name: fault for name, fault in faults.items()}
