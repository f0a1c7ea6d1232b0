# SPDX-License-Identifier: Apache-2.0
"""What an audit can aim at, and the indicators that tell how far a plan gets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.errors import Invalid

Values = Mapping[str, float]
Efficacy = list[dict[str, Any]]


@dataclass(frozen=True)
class Indicator:
    """A figure of merit of a plan; `schema` is JSON schema of its value."""

    name: str
    description: str
    schema: str = '{"type": "integer", "minimum": 0}'
    unit: str | None = None


def _nothing(values: Values) -> Efficacy:
    return []


@dataclass(frozen=True)
class Goal:
    """An aim; strategies reach it by different ways."""

    name: str
    display_name: str
    indicators: tuple[Indicator, ...] = ()
    global_efficacy: Callable[[Values], Efficacy] = _nothing

    def check(self, values: Values) -> None:
        """Raise Invalid unless the values are those of this goal's indicators, none below zero."""
        declared = {indicator.name for indicator in self.indicators}
        if strange := set(values) - declared:
            raise Invalid(f'goal {self.name} declares no indicator {sorted(strange)[0]}')
        for name, value in values.items():
            if not value >= 0:
                raise Invalid(f'indicator {name} of goal {self.name} is {value}, below zero')


def _released_ratio(values: Values) -> Efficacy:
    nodes = values.get('compute_nodes_count', 0)
    released = values.get('released_compute_nodes_count', 0)
    return [{'name': 'released_nodes_ratio',
             'description': 'Share of the compute nodes that the plan empties',
             'unit': '%', 'value': _percent(released, nodes)}]


# What a hardware maintenance counts, and the name of each ratio of what is planned to what there is.
_MAINTAINED = (('live_migrate_instance', 'servers that migrate as they run', 'live_instance_migrate_ratio'),
               ('cold_migrate_instance', 'servers that are switched off to migrate',
                'cold_instance_migrate_ratio'),
               ('volume_migrate', 'volumes that migrate', 'volume_migrate_ratio'),
               ('volume_update', 'volumes that are swapped as they are in use', 'volume_update_ratio'))


def _maintained() -> Iterator[Indicator]:
    for name, what, _ in _MAINTAINED:
        yield Indicator(f'{name}_count', f'All {what} when everything leaves that is to leave')
        yield Indicator(f'planned_{name}_count', f'Those of the {what} that the plan moves')


def _planned_ratios(values: Values) -> Efficacy:
    return [{'name': ratio, 'description': f'Share of the {what} that the plan moves', 'unit': '%',
             'value': _percent(values.get(f'planned_{name}_count', 0), values.get(f'{name}_count', 0))}
            for name, what, ratio in _MAINTAINED]


def _migrated_ratio(values: Values) -> Efficacy:
    # By Watcher's name, which says a count.
    return [{'name': 'live_migrations_count', 'description': 'Share of the servers that the plan migrates',
             'unit': '%', 'value': _percent(values.get('instance_migrations_count', 0),
                                            values.get('instances_count', 0))}]


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole else 0.0


DUMMY = Goal('dummy', 'Dummy goal')
UNCLASSIFIED = Goal('unclassified', 'Unclassified')
HARDWARE_MAINTENANCE = Goal('hardware_maintenance', 'Hardware Maintenance', tuple(_maintained()),
                            _planned_ratios)
SERVER_CONSOLIDATION = Goal(
    'server_consolidation', 'Server Consolidation',
    (Indicator('compute_nodes_count', 'Compute nodes that the audit looked at'),
     Indicator('released_compute_nodes_count', 'Compute nodes that the plan empties'),
     Indicator('instance_migrations_count', 'Servers that the plan migrates')),
    _released_ratio)
CLUSTER_MAINTAINING = Goal('cluster_maintaining', 'Cluster Maintaining')
_DEVIATION = '{"type": "number", "minimum": 0}'
WORKLOAD_BALANCING = Goal(
    'workload_balancing', 'Workload Balancing',
    (Indicator('instance_migrations_count', 'Servers that the plan migrates'),
     Indicator('instances_count', 'Servers that the audit looked at'),
     Indicator('standard_deviation_after_audit', 'Standard deviation of the load of nodes after the plan',
               _DEVIATION),
     Indicator('standard_deviation_before_audit', 'Standard deviation of the load of nodes at first',
               _DEVIATION)),
    _migrated_ratio)
