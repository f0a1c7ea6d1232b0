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


def _saved_energy(values: Values) -> Efficacy:
    # What is not known has not been saved.
    if not {'power_before_w', 'power_after_w'} <= values.keys():
        return []
    saved = max(0.0, values['power_before_w'] - values['power_after_w'])
    return [{'name': 'saved_energy', 'description': 'Energy that is not drawn any more, in a day',
             'unit': 'kWh', 'value': saved * 24 / 1000}]


def _tell(*names: tuple[str, str, str]) -> Callable[[Values], Efficacy]:
    """Indicators that stand in the summary as they are: their names, what they tell, and their units."""
    def summary(values: Values) -> Efficacy:
        return [{'name': name, 'description': what, 'unit': unit, 'value': values[name]}
                for name, what, unit in names if name in values]

    return summary


def _before_and_after(name: str, what: str, *more: str) -> tuple[Indicator, Indicator]:
    """The same figure twice: its name has a gap for when."""
    return (Indicator(name.format('before'), f'{what} at first', *more),
            Indicator(name.format('after'), f'{what} after the plan', *more))


_AMOUNT = '{"type": "number", "minimum": 0}'

_MIGRATIONS = Indicator('instance_migrations_count', 'Servers that the plan migrates')
# What a plan that moves servers costs.
_COST = (Indicator('moved_gb', 'Memory of the servers that the plan migrates', _AMOUNT, 'GB'),
         Indicator('downtime_s', 'Seconds for which servers stand still, of all together, as estimated',
                   _AMOUNT, 's'))

_DONE = (Indicator('actions_count', 'Actions of the plan'),)

DUMMY = Goal('dummy', 'Dummy goal', _DONE)
UNCLASSIFIED = Goal(
    'unclassified', 'Unclassified',
    (*_DONE,
     Indicator('faults_before_count',
               'Rules broken, nodes beyond their room, or servers without room, at first'),
     Indicator('faults_after_count', 'Those that are left after the plan'), _MIGRATIONS, *_COST),
    _tell(('faults_after_count', 'What stays wrong', 'faults')))
HARDWARE_MAINTENANCE = Goal('hardware_maintenance', 'Hardware Maintenance', (*_maintained(), *_COST),
                            _planned_ratios)
SERVER_CONSOLIDATION = Goal(
    'server_consolidation', 'Server Consolidation',
    (Indicator('compute_nodes_count', 'Compute nodes that the audit looked at'),
     Indicator('released_compute_nodes_count', 'Compute nodes that the plan empties'), _MIGRATIONS, *_COST),
    _released_ratio)
CLUSTER_MAINTAINING = Goal(
    'cluster_maintaining', 'Cluster Maintaining',
    (Indicator('maintained_nodes_count', 'Compute nodes that are to be maintained'),
     Indicator('emptied_nodes_count', 'Those of them on which no server is left that runs'),
     Indicator('stopped_instances_count', 'Servers that the plan switches off'), _MIGRATIONS, *_COST),
    _tell(('emptied_nodes_count', 'Compute nodes that can be maintained', 'nodes')))
WORKLOAD_BALANCING = Goal(
    'workload_balancing', 'Workload Balancing',
    (_MIGRATIONS,
     Indicator('instances_count', 'Servers that the audit looked at'),
     Indicator('standard_deviation_after_audit', 'Standard deviation of the load of nodes after the plan',
               _AMOUNT),
     Indicator('standard_deviation_before_audit', 'Standard deviation of the load of nodes at first',
               _AMOUNT),
     Indicator('volume_migrations_count', 'Volumes that the plan migrates'),
     *_before_and_after('full_pools_{}_count', 'Storage pools that are too full'),
     Indicator('moved_volumes_gb', 'Size of the volumes that the plan migrates', _AMOUNT, 'GB'), *_COST),
    _migrated_ratio)
THERMAL_OPTIMIZATION = Goal(
    'thermal_optimization', 'Thermal Optimization',
    (*_before_and_after('hot_nodes_{}_count', 'Compute nodes whose outlet is too hot'),
     *_before_and_after('highest_outlet_temp_{}', 'The hottest outlet', _AMOUNT, 'degrees Celsius'),
     _MIGRATIONS, *_COST),
    _tell(('hot_nodes_after_count', 'Compute nodes whose outlet stays too hot', 'nodes')))
AIRFLOW_OPTIMIZATION = Goal(
    'airflow_optimization', 'Airflow Optimization',
    (*_before_and_after('strained_nodes_{}_count', 'Compute nodes with too much airflow'),
     *_before_and_after('highest_airflow_{}', 'The most airflow of a node', _AMOUNT, 'CFM'),
     _MIGRATIONS, *_COST),
    _tell(('strained_nodes_after_count', 'Compute nodes that keep too much airflow', 'nodes')))
NOISY_NEIGHBOR = Goal(
    'noisy_neighbor', 'Noisy Neighbor',
    (Indicator('disturbed_before_count', 'Servers that suffer from a neighbour at first'),
     Indicator('disturbed_after_count', 'Servers that still have that neighbour after the plan'),
     _MIGRATIONS, *_COST),
    _tell(('disturbed_after_count', 'Servers that are still disturbed', 'servers')))
SAVING_ENERGY = Goal(
    'saving_energy', 'Saving Energy',
    (Indicator('compute_nodes_count', 'Compute nodes that the audit looked at'),
     Indicator('switched_off_count', 'Compute nodes that the plan switches off'),
     Indicator('switched_on_count', 'Compute nodes that the plan switches on'),
     Indicator('power_before_w', 'Power that the compute nodes draw at first', _AMOUNT, 'W'),
     Indicator('power_after_w', 'Power that they draw after the plan', _AMOUNT, 'W'),
     _MIGRATIONS, *_COST),
    _saved_energy)
