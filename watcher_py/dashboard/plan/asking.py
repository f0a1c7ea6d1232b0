# SPDX-License-Identifier: Apache-2.0
"""What the API is asked about a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Conflict, NotFound, Unavailable
from watcher_py.dashboard.plan.deed import Deed, deeds_of
from watcher_py.dashboard.rest import Forbidden, Rest, segment

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Course:
    """How a plan goes step by step; without `row`, `why_not` says why nobody can tell."""

    row: Row | None
    why_not: str = ''


NOT_ASKED = Course(None)


@dataclass(frozen=True)
class FoundPlan:
    """A plan as the API has it: `row` of v1, `promise` and `deeds` of v2."""

    row: Row
    promise: Row
    deeds: list[Deed]

    @property
    def uuid(self) -> str:
        return str(self.row['uuid'])

    @property
    def state(self) -> str:
        return str(self.promise['state'])


def find_plan(rest: Rest, uuid: str) -> FoundPlan:
    promise = rest.get(f'/v2/action_plans/{segment(uuid)}')
    return FoundPlan(rest.get(f'/v1/action_plans/{segment(uuid)}'), promise, deeds_of(promise['actions']))


def find_course(rest: Rest, uuid: str, without: Iterable[Deed] = (), step: int | None = None) -> Course:
    """Without these actions and what was skipped; with the placement after `step` actions, or after all."""
    path, left_out = f'/v2/action_plans/{segment(uuid)}/course', [deed.uuid for deed in without]
    try:
        # There may be too many for a URL.
        return Course(rest.post(path, {'without': left_out, 'step': step}) if left_out
                      else rest.get(path, step=step))
    except NotFound:
        return Course(None, 'What the plan was decided on is not kept any more.')
    except (Unavailable, Conflict, Forbidden) as error:
        return Course(None, f'How the placement changes is not known: {error}')


def find_frozen(rest: Rest) -> list[Row]:
    """Hosts that no plan touches for now, for want of data."""
    return [host for host in rest.get('/v2/hosts')['hosts'] if host['why_frozen']]
