# SPDX-License-Identifier: Apache-2.0
"""Hosts as tiles of the map: which are shown, in which groups, in which order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher_py.dashboard import words

Row = Mapping[str, Any]

# Shares of what a host has, from which on it counts as warm and as hot.
WARM, HOT = 0.6, 0.8
BINS = 10
NO_GROUP = {'zone': 'In no zone', 'aggregate': 'In no aggregate'}
RESOURCES = {'cpu': 'vcpus', 'memory': 'memory_mb'}


@dataclass(frozen=True)
class Choice:
    """What a viewer wants to see of the hosts."""

    by: str = 'zone'                # or aggregate
    sort: str = 'load'              # or name
    of: str = 'cpu'                 # or memory
    name: str = ''                  # a part of the names of those that are shown


@dataclass(frozen=True)
class Tile:
    """A host on the map; shares are of 1, None is unknown."""

    name: str
    label: str                      # its name without the domain, where that is enough
    load: float | None
    allocated: float | None
    mark: str                       # down, disabled, frozen or nothing
    title: str

    @property
    def heat(self) -> str:
        return heat_of(self.load)


@dataclass(frozen=True)
class Group:
    """Tiles of one zone or aggregate."""

    name: str
    tiles: Sequence[Tile]


def tiles_of(hosts: Sequence[Row], choice: Choice) -> list[tuple[Row, Tile]]:
    """The chosen hosts, in order."""
    shorts = Counter(_short(row) for row in hosts)
    wanted = choice.name.casefold()
    found = [(row, _tile(row, choice.of, shorts[_short(row)] == 1))
             for row in hosts if wanted in row['name'].casefold()]
    order = _hottest_first if choice.sort == 'load' else _by_name
    return sorted(found, key=lambda pair: order(pair[1]))


def grouped(tiles: Iterable[tuple[Row, Tile]], by: str) -> list[Group]:
    """A host in several aggregates is in several groups."""
    groups: dict[str, list[Tile]] = {}
    for row, tile in tiles:
        for name in _groups_of(row, by):
            groups.setdefault(name, []).append(tile)
    in_order = sorted(groups, key=lambda name: (name == NO_GROUP[by], name))
    return [Group(name, groups[name]) for name in in_order]


def mark_of(row: Row) -> str:
    """What is the matter with a host, in a word; the gravest only."""
    if row['state'] != 'up':
        return 'down'
    if not row['enabled']:
        return 'disabled'
    return 'frozen' if row['why_frozen'] else ''


def heat_of(load: float | None) -> str:
    if load is None:
        return 'unknown'
    return 'bad' if load >= HOT else 'warn' if load >= WARM else 'good'


def share(part: float | None, whole: float | None) -> float | None:
    """A part of a whole; of nothing it is unknown."""
    return None if part is None or not whole else part / whole


def bins(tiles: Iterable[Tile]) -> tuple[Sequence[int], int]:
    """How many have a load below 10 %, below 20 %, ..., and of how many it is unknown."""
    counts, unknown = [0] * BINS, 0
    for tile in tiles:
        if tile.load is None:
            unknown += 1
        else:
            counts[min(int(tile.load * BINS), BINS - 1)] += 1
    return counts, unknown


def _tile(row: Row, of: str, is_short_enough: bool) -> Tile:
    figures = row[RESOURCES[of]]
    return Tile(row['name'], _short(row) if is_short_enough else row['name'],
                share(figures['used'], figures['total']), share(figures['allocated'], figures['capacity']),
                mark_of(row), f'{row["name"]}: {"; ".join(_facts(row, of))}')


def _short(row: Row) -> str:
    return str(row['name']).partition('.')[0]


def _groups_of(row: Row, by: str) -> Sequence[str]:
    names = row['aggregates'] if by == 'aggregate' else [row['zone']] if row['zone'] else []
    return names or [NO_GROUP[by]]


def _hottest_first(tile: Tile) -> tuple[Any, ...]:
    return (tile.load is None, -(tile.load or 0.0), tile.name)


def _by_name(tile: Tile) -> tuple[Any, ...]:
    return (tile.name,)


def _facts(row: Row, of: str) -> Iterator[str]:
    figures = row[RESOURCES[of]]
    told = words.mib if of == 'memory' else words.number
    unit = '' if of == 'memory' else ' vCPUs'
    yield f'{told(figures["used"])} of {told(figures["total"])}{unit and " cores"} used'
    yield f'{told(figures["allocated"])} of {told(figures["capacity"])}{unit} allocated'
    yield words.plural(row['servers'], 'server')
    if row['state'] != 'up':
        yield 'down'
    if not row['enabled']:
        yield f'disabled: {row["disabled_reason"]}' if row['disabled_reason'] else 'disabled'
    if row['why_frozen']:
        yield f'frozen: {row["why_frozen"]}'
