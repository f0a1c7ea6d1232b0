# SPDX-License-Identifier: Apache-2.0
"""What the pages of a plan show, made of what the API says."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from markupsafe import Markup

from watcher_py.core.states import ActionState
from watcher_py.dashboard.pictures.before_after import before_after
from watcher_py.dashboard.pictures.curve import curve
from watcher_py.dashboard.pictures.gantt import gantt
from watcher_py.dashboard.plan import promise
from watcher_py.dashboard.plan.asking import NOT_ASKED, Course, FoundPlan, Row
from watcher_py.dashboard.plan.deed import Deed
from watcher_py.dashboard.plan.gain import Gain, gain_of
from watcher_py.dashboard.plan.hosts import HostChange, Hosts, hosts_of
from watcher_py.dashboard.plan.lanes import Lanes, lanes_of
from watcher_py.dashboard.plan.objective import teller
from watcher_py.dashboard.plan.stayed import Stay, stays_of
from watcher_py.dashboard.plan.timing import spans_of


@dataclass(frozen=True)
class PlanView:
    """Of a plan and its course."""

    plan: FoundPlan
    course: Course = NOT_ASKED

    @property
    def uuid(self) -> str:
        return self.plan.uuid

    @property
    def state(self) -> str:
        return self.plan.state

    @property
    def deeds(self) -> list[Deed]:
        return self.plan.deeds

    @cached_property
    def sentence(self) -> str:
        """What it does and what it costs."""
        plan = self.plan.promise
        parts = promise.gain_of(plan), promise.cost(self._promised, plan['makespan_s'])
        return ' by '.join(part for part in parts if part) + '.'

    @property
    def proof(self) -> str:
        return promise.proof(self.plan.promise)

    @property
    def downtime(self) -> float | None:
        """Seconds that servers stand still, of all together."""
        return self._promised.get('downtime_s')

    @property
    def moved_gb(self) -> float | None:
        return self._promised.get('moved_gb')

    @cached_property
    def skipped(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.state == ActionState.SKIPPED]

    @cached_property
    def hosts(self) -> Hosts | None:
        row = self.course.row
        return hosts_of(row['before'], row['after']) if row else None

    @cached_property
    def gain(self) -> Gain | None:
        return gain_of(self.course.row) if self.course.row else None

    @cached_property
    def lanes(self) -> Lanes:
        return lanes_of(spans_of(self.deeds, datetime.now(UTC)))

    @cached_property
    def stays(self) -> list[Stay]:
        return stays_of(self.plan.promise['stayed'], self._names)

    @cached_property
    def left_out(self) -> list[Stay]:
        return stays_of(self.plan.promise['left_out'], self._names)

    @property
    def outcome(self) -> list[Row]:
        """Each indicator as promised and as measured."""
        return [figure for figure in self.plan.promise['efficacy']
                if figure['predicted'] is not None or figure['measured'] is not None]

    def tell(self, value: float | None) -> str:
        """A value of the objective that the plan states."""
        return teller(self.plan.promise['objective'])(value)

    def tell_on_course(self, value: float | None) -> str:
        """A value of the objective that is followed along the course."""
        return teller(self.course.row['objective'] if self.course.row else None)(value)

    def bars(self, host: HostChange, size: str) -> Markup:
        most = self.hosts.most[size] if self.hosts else 0.0
        return before_after(host.before.amounts[size], host.after.amounts[size], most)

    def curve(self) -> Markup:
        return curve(self.gain) if self.gain else Markup()

    def schedule(self) -> Markup:
        return gantt(self.lanes, f'Schedule of {len(self.deeds)} actions')

    @property
    def _promised(self) -> dict[str, float | None]:
        return promise.values_of(self.plan.promise['efficacy'])

    @property
    def _names(self) -> Row:
        """Of servers and nodes, by uuid."""
        return self.course.row.get('names', {}) if self.course.row else {}
