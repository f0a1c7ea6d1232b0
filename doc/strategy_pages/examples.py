# SPDX-License-Identifier: Apache-2.0
"""The example of each strategy's page: its parameters, and what of it is to be seen in the picture."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from strategy_pages.looks import (
    ATTACHED,
    PLAIN,
    RED,
    VIOLET,
    above,
    airflow,
    by_noise,
    cores,
    in_group,
    load,
    out_of_zone,
    outlet,
    own_cores,
    power,
    vcpus,
    zone,
)
from watcher_py.core.metrics import Metric
from watcher_py.core.snapshot import Snapshot


@dataclass(frozen=True)
class Example:
    """A run of a strategy on doc/strategies_examples/<name>.json, and how it is drawn.

    The functions are asked of the snapshot before the plan and of that after it, with the row of a server or
    node. Heights are counted in CPUs.
    """

    strategy: str
    params: dict[str, Any] = field(default_factory=dict)
    size: Callable[[Snapshot, int], float] = vcpus                          # how high a server is
    own: Callable[[Snapshot, int], float] = lambda snapshot, row: 0.0       # what a node needs for itself
    color: Callable[[Snapshot, int], str] = lambda snapshot, row: PLAIN     # of a server
    caption: Callable[[Snapshot, int], str] = lambda snapshot, row: ''      # below a node
    is_use_shown: bool = False      # the dark part of a server: what it uses of its CPUs
    line: float | None = None       # the threshold, as a share of a node or pool
    legend: tuple[tuple[str, str], ...] = ()            # colours and what they mean
    unit: str = 'height: vCPUs'
    wanted: tuple[tuple[str, float], ...] = ()          # who is to find room: names and sizes


BUSY: dict[str, Any] = {'size': cores, 'own': own_cores, 'unit': 'height: busy CPUs'}

EXAMPLES = (
    Example('vm_workload_consolidation', is_use_shown=True),
    Example('basic', is_use_shown=True),
    Example('node_resource_consolidation', color=in_group, legend=((VIOLET, 'group dns: not on one node'),)),
    Example('workload_stabilization', {'thresholds': {'instance_cpu_usage': 0.05}}, caption=load, **BUSY),
    Example('workload_balance', {'threshold': 60}, line=0.6, caption=load, **BUSY),
    Example('host_maintenance', {'maintenance_node': 'cmp-2'}),
    Example('zone_migration', {
        'compute_nodes': [{'src_node': 'old-1', 'dst_node': 'new-1'}, {'src_node': 'old-2'}],
        'storage_pools': [{'src_pool': 'san@x#old', 'dst_pool': 'san@y#new'}]},
        unit='height: vCPUs, and GB of pools'),
    Example('rule_repair', color=out_of_zone, caption=zone, legend=(
        (RED, 'wrong zone'), (VIOLET, 'group dns: not on one node'))),
    Example('defragmentation', {'flavors': [{'vcpus': 8, 'ram_mb': 32768, 'count': 2}]},
            wanted=(('8 vCPUs', 8), ('8 vCPUs', 8))),
    Example('storage_capacity_balance', line=0.8, unit='height: GB', legend=(
        (ATTACHED, 'in use'), (PLAIN, 'not in use'))),
    Example('saving_energy', caption=power, is_use_shown=True),
    Example('outlet_temperature', caption=outlet, color=above(Metric.HOST_OUTLET_TEMP, 35),
            legend=((RED, 'on a node that is too hot'),), **BUSY),
    Example('uniform_airflow', caption=airflow, color=above(Metric.HOST_AIRFLOW, 40),
            legend=((RED, 'on a node with too much airflow'),), **BUSY),
    Example('noisy_neighbor', color=by_noise, legend=(
        (RED, 'disturbs'), (VIOLET, 'is disturbed')), is_use_shown=True),
    Example('actuator', {'actions': [
        {'action_type': 'change_nova_service_state', 'resource_id': 'cmp-2',
         'input_parameters': {'resource_name': 'cmp-2', 'state': 'disabled'}},
        {'action_type': 'migrate', 'resource_id': 'db-1',
         'input_parameters': {'migration_type': 'live', 'source_node': 'cmp-2', 'destination_node': 'cmp-1'}},
        {'action_type': 'nop', 'input_parameters': {'message': 'emptied'}}]}),
    Example('dummy'),
    Example('dummy_with_scorer'),
    Example('dummy_with_resize'),
)
