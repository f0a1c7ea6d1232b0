# SPDX-License-Identifier: Apache-2.0
"""What a new audit or template is about: a strategy, perhaps by a template, and the fields of its form."""

from dataclasses import dataclass, field, replace
from typing import Any

from watcher_py.core.errors import Invalid
from watcher_py.dashboard.audits.request import PARAMETER
from watcher_py.dashboard.forms.fields import Field, defaults, fields
from watcher_py.dashboard.forms.texts import texts
from watcher_py.dashboard.rest import Rest, segment

Row = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """`strategy` is None where the template leaves it open; `preset` are parameters to begin with.

    `defaults` are the strategy's own.
    """

    strategy: Row | None
    template: Row | None
    fields: list[Field] = field(default_factory=list)
    defaults: Row = field(default_factory=dict)
    preset: Row = field(default_factory=dict)

    @property
    def goal(self) -> str:
        about = self.strategy or self.template or {}
        return str(about['goal_name'])

    def aim(self) -> Row:
        """Of a POST without a template."""
        chosen = self.strategy or {}
        return {'goal': chosen['goal_uuid'], 'strategy': chosen['uuid']}

    def for_presets(self) -> 'Draft':
        """The same with nothing needed: what a template leaves open is given with each audit."""
        return replace(self, fields=[replace(each, is_required=False) for each in self.fields])

    def sent(self) -> dict[str, list[str]]:
        """What the form would send as it is shown first."""
        filled = texts(self.fields, {**self.defaults, **self.preset})
        return {'audit_type': ['ONESHOT'], **{PARAMETER + name: given for name, given in filled.items()}}


def draft(rest: Rest, strategy: str | None, template: str | None = None, like: str | None = None) -> Draft:
    """By the name of a strategy, or by the uuid of a template; with the parameters of the audit `like`."""
    found = rest.get(f'/v1/audit_templates/{segment(template)}') if template else None
    name = found['strategy_uuid'] if found else strategy
    if not name:
        if found is None:
            raise Invalid('Choose a strategy or a template first.')
        return Draft(None, found)
    row = rest.get(f'/v1/strategies/{segment(name)}')
    preset = rest.get(f'/v1/audits/{segment(like)}')['parameters'] if like else {}
    schema = row['parameters_spec'] or {}
    return Draft(row, found, fields(schema), defaults(schema),
                 {**(found['default_parameters'] if found else {}), **preset})
