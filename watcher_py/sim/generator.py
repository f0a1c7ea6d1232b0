# SPDX-License-Identifier: Apache-2.0
"""A cluster out of nothing, as a document: what the demo starts from. The same seed, the same cluster."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from watcher_py.core.document import FORMAT, VERSION
from watcher_py.core.errors import Invalid
from watcher_py.sim.seating import Seating
from watcher_py.sim.shapes import (
    AVX512,
    FLAVORS,
    GENERATIONS,
    ROLES,
    SPECIAL_FLAVORS,
    SSD,
    TRAITS,
    FlavorShape,
    Generation,
)

Row = dict[str, Any]

ZONES = ('zone-1', 'zone-2')
TAKEN_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
USUAL_DENSITY = 10.0            # servers a host that the generations' sizes are made for
PROJECTS = 12
AIR_A_WATT = 0.15               # CFM
HEAT_OF_A_WATT = 1.76           # degrees Celsius that a W warms a CFM
GROUP_KINDS = ('anti-affinity', 'spread', 'affinity', 'soft-anti-affinity', 'soft-affinity')


def generate(hosts: int = 40, servers: int = 400, seed: int = 1) -> Row:
    """A legal cluster, allocated to about 45 %, in which consolidation has work to do."""
    if hosts < 1 or servers < 0:
        raise Invalid(f'a cluster of {hosts} hosts and {servers} servers can not be made')
    chance = random.Random(seed)    # noqa: S311
    host_rows = _hosts(chance, hosts, max(servers, 1))
    aggregates = _aggregates(host_rows)
    seating = Seating(chance, host_rows, ssd=aggregates[-1]['hosts'])
    projects = [_uuid(chance).replace('-', '') for _ in range(PROJECTS)]
    rows = [_server(chance, number, projects) for number in range(servers)]
    groups = _groups(chance, rows, sum(host['status'] == 'enabled' for host in host_rows))
    # An affinity group has but one place to be: it is seated while there is room.
    for row in sorted(rows, key=lambda row: not _is_bound(row)):
        _seat(seating, row)
    _settle_loads(chance, host_rows, rows)
    for row in rows:
        del row['group']
    return {'format': FORMAT, 'version': VERSION, 'name': f'emulated-{hosts}x{servers}-{seed}',
            'taken_at': TAKEN_AT.isoformat(), 'zones': list(ZONES), 'hosts': host_rows, 'instances': rows,
            'server_groups': groups, 'aggregates': aggregates}


def _hosts(chance: random.Random, count: int, servers: int) -> list[Row]:
    density = servers / count / USUAL_DENSITY
    rows = [_host(chance, number, GENERATIONS[_generation(number, count)], density)
            for number in range(count)]
    if count >= 4:
        # Not of the newest generation, so that the SSD aggregate keeps its hosts.
        faulty = rows[count // 4]
        faulty.update(status='disabled', disabled_reason='waiting for a new power supply',
                      traits=[*faulty['traits'], 'COMPUTE_STATUS_DISABLED'])
    return rows


def _generation(number: int, count: int) -> int:
    """The oldest racks first: 40 % of the hosts, then 35 %, then the newest 25 %."""
    share = (number + 0.5) / count
    return 0 if share < 0.4 else 1 if share < 0.75 else 2


def _host(chance: random.Random, number: int, made: Generation, density: float) -> Row:
    # Where there are more servers a host than usual, hosts are larger by as much; never too small
    # for the largest flavor.
    vcpus = max(16, round(made.vcpus * density / 4) * 4)
    ram_gib = max(96, round(made.ram_gib * density / 16) * 16)
    disk_gb = max(1200, round(made.disk_gb * density / 100) * 100)
    return {'id': _uuid(chance), 'name': f'cmp-{number + 1:04d}', 'zone': ZONES[number % len(ZONES)],
            'generation': made.name, 'vcpus': vcpus, 'vcpu_reserved': made.vcpus_reserved,
            'cpu_ratio': made.cpu_ratio, 'ram_mb': ram_gib * 1024, 'ram_mb_reserved': 8 * 1024,
            'ram_ratio': 1.0, 'disk_gb': disk_gb, 'disk_gb_reserved': 50, 'disk_ratio': 1.0,
            'state': 'up', 'status': 'enabled', 'disabled_reason': None,
            'traits': sorted(TRAITS + made.traits),
            'power': {'idle_w': made.idle_w, 'max_w': made.max_w}}


def _aggregates(hosts: list[Row]) -> list[Row]:
    """The zones, and last the hosts with SSDs: every other one of the newest generation."""
    rows = [{'id': number, 'name': zone, 'metadata': {'availability_zone': zone},
             'hosts': [host['name'] for host in hosts if host['zone'] == zone]}
            for number, zone in enumerate(ZONES, start=1)]
    newest = [host['name'] for host in hosts if host['generation'] == GENERATIONS[-1].name]
    # Pairs are taken, so that both zones have some.
    fast = [name for index, name in enumerate(newest) if index % 4 < 2]
    return [*rows, {'id': len(ZONES) + 1, 'name': SSD, 'metadata': {SSD: 'true'}, 'hosts': fast}]


def _server(chance: random.Random, number: int, projects: list[str]) -> Row:
    role = chance.choice(ROLES)
    row: Row = {'id': _uuid(chance), 'name': f'{role}-{number + 1:05d}', 'host': '',
                'project': chance.choice(projects), 'state': _state(chance),
                'locked': chance.random() < 0.03, 'pinned_zone': None, 'group': None,
                'created': (TAKEN_AT - timedelta(hours=chance.randrange(24, 24 * 700))).isoformat(),
                'metadata': {'role': role}}
    if chance.random() < 0.08:
        row['pinned_zone'] = chance.choice(ZONES)
    special = chance.random()
    flavor = (SPECIAL_FLAVORS[SSD] if special < 0.05 else SPECIAL_FLAVORS[AVX512] if special < 0.08
              else chance.choices(FLAVORS, weights=[flavor.weight for flavor in FLAVORS])[0])
    return row | flavor.row()


def _state(chance: random.Random) -> str:
    draw = chance.random()
    return 'stopped' if draw < 0.03 else 'paused' if draw < 0.04 else 'active'


def _groups(chance: random.Random, servers: list[Row], open_hosts: int) -> list[Row]:
    """A group for each forty servers, of all kinds in turn; members are plain, for groups must fit."""
    rows: list[Row] = []
    loose = [row for row in servers if not row['extra_specs']]
    chance.shuffle(loose)
    for number in range(max(1, len(servers) // 40)):
        kind = GROUP_KINDS[number % len(GROUP_KINDS)]
        limit = 2 if kind == 'spread' else 1
        size = min(chance.randint(3, 6), 3 if kind == 'affinity' else 6, max(2, open_hosts * limit // 2))
        members = [loose.pop() for _ in range(min(size, len(loose)))]
        if len(members) < 2 or open_hosts < 2:
            break
        group = {'id': _uuid(chance), 'name': f'{kind}-{number + 1}',
                 'policy': 'anti-affinity' if kind == 'spread' else kind,
                 'members': [row['id'] for row in members], 'rules': {'max_server_per_host': limit}}
        for row in members:
            row.update(group=group, pinned_zone=None, project=members[0]['project'])
        rows.append(group)
    return rows


def _seat(seating: Seating, row: Row) -> None:
    """Where its wishes can't be met it becomes a plainer server, then a tiny one."""
    for easier in ({}, {'pinned_zone': None, **_plain(row)}, FlavorShape('tiny', 1, 1, 10).row()):
        row.update(easier)
        host = seating.seat(row)
        if host is not None:
            row['host'] = host['id']
            return
    raise Invalid('so many servers do not fit on so few hosts')


def _is_bound(row: Row) -> bool:
    return row['group'] is not None and row['group']['policy'] == 'affinity'


def _plain(row: Row) -> Row:
    return FLAVORS[1].row() if row['extra_specs'] else {}


def _settle_loads(chance: random.Random, hosts: list[Row], servers: list[Row]) -> None:
    """Measured values that agree: a host's are its own and those of its servers together."""
    cores: dict[str, float] = {host['id']: chance.uniform(0.3, 1.2) for host in hosts}
    ram: dict[str, float] = {host['id']: chance.uniform(3000, 6000) for host in hosts}
    for row in servers:
        cpu, used = _load(chance, row)
        row['metrics'] = {'cpu_util_pct': cpu, 'ram_used_mb': used}
        cores[row['host']] += row['vcpus'] * cpu / 100
        ram[row['host']] += used
    for place, host in enumerate(hosts):
        load = min(100.0, cores[host['id']] / host['vcpus'] * 100)
        host['metrics'] = {'cpu_util_pct': round(load, 6), 'ram_used_mb': round(ram[host['id']], 3),
                           **_air(place, host['power'], load)}


def _air(place: int, power: dict[str, float], load: float) -> dict[str, float]:
    """The higher in its rack, the warmer is the air that a host breathes, and a host in twelve is too hot."""
    watts = power['idle_w'] + (power['max_w'] - power['idle_w']) * load / 100
    airflow = watts * AIR_A_WATT
    inlet = 18.0 + 0.5 * (place % 12)
    return {'power_w': round(watts, 3), 'airflow_cfm': round(airflow, 3), 'inlet_temp_c': inlet,
            'outlet_temp_c': round(inlet + HEAT_OF_A_WATT * watts / airflow, 3)}


def _load(chance: random.Random, row: Row) -> tuple[float, float]:
    """Most servers idle, some work, few are busy."""
    kind = chance.random()
    cpu = (chance.uniform(1, 10) if kind < 0.55 else chance.uniform(10, 35) if kind < 0.9
           else chance.uniform(35, 75))
    ram = row['ram_mb'] * chance.uniform(0.45, 0.95)
    if row['state'] == 'stopped':
        return 0.0, 0.0
    return (0.0 if row['state'] == 'paused' else round(cpu, 3)), round(ram, 1)


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
