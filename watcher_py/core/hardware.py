# SPDX-License-Identifier: Apache-2.0
"""What a document's host says of its hardware: resource providers, NUMA cells, CPU."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from watcher_py.core.cluster import RESOURCES, Cell, Cpu, Inventory, Nodes, Provider
from watcher_py.core.errors import Invalid
from watcher_py.core.fields import (
    AMOUNT,
    AMOUNT_MAP,
    COUNT,
    ID,
    OBJECT,
    OBJECT_LIST,
    OBJECT_MAP,
    TEXT,
    TEXT_LIST,
    Field,
    Table,
    nullable,
    schema,
)

_EMPTY: Mapping[str, Any] = {}
_NONE: list[Any] = []
_CLASS = re.compile(r'[A-Z0-9_]+')

FIELDS = (
    Field('inventories', OBJECT_MAP, _EMPTY), Field('providers', OBJECT_LIST, _NONE),
    Field('numa_cells', OBJECT_LIST, _NONE), Field('cpu', OBJECT, _EMPTY),
)
_INVENTORY = (
    Field('total', AMOUNT), Field('reserved', AMOUNT, 0), Field('ratio', AMOUNT, 1.0),
    Field('held', AMOUNT, 0), Field('min_unit', COUNT, 1), Field('max_unit', nullable(COUNT), None),
    Field('step_size', COUNT, 1),
)
_PROVIDER = (Field('name', ID), Field('inventories', OBJECT_MAP, _EMPTY), Field('traits', TEXT_LIST, _NONE))
_CELL = (Field('vcpus', AMOUNT, 0), Field('pcpus', AMOUNT, 0), Field('pages', AMOUNT_MAP, _EMPTY))
_CPU = (
    Field('arch', TEXT, ''), Field('vendor', TEXT, ''), Field('model', TEXT, ''),
    Field('features', TEXT_LIST, _NONE), Field('rank', nullable(AMOUNT), None),
)


def schemas() -> dict[str, Any]:
    """JSON schemas of these fields."""
    inventories = {'type': 'object', 'propertyNames': {'pattern': f'^{_CLASS.pattern}$',
                                                       'not': {'enum': list(RESOURCES)}},
                   'additionalProperties': schema(_INVENTORY)}
    return {'inventories': inventories, 'cpu': schema(_CPU),
            'providers': {'type': 'array', 'items': schema(_PROVIDER, {'inventories': inventories})},
            'numa_cells': {'type': 'array', 'items': schema(_CELL)}}


def check_classes(where: str, names: Iterable[str]) -> None:
    """Invalid where a name is none of a resource class beyond the three sizes."""
    for name in names:
        if name in RESOURCES:
            raise Invalid(f'{where}: {name} has fields of its own, leave it out here')
        if not _CLASS.fullmatch(name):
            raise Invalid(f'{where}: {name!r} is not the name of a resource class, as CUSTOM_GOLD is')


def providers(hosts: Table) -> tuple[tuple[Provider, ...], ...]:
    """Of each host the node itself, if it has an inventory, then what is nested in it."""
    return tuple(tuple(_providers(f'hosts[{row}]', own, nested)) for row, (own, nested) in enumerate(
        zip(hosts.column('inventories'), hosts.column('providers'), strict=True)))


def cells(hosts: Table) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(_cells(f'hosts[{row}].numa_cells', found)) if found else ()
                 for row, found in enumerate(hosts.column('numa_cells')))


def cpus(hosts: Table) -> tuple[Cpu, ...]:
    table = hosts.inner('cpu', _CPU)
    features = [frozenset(names) for names in table.column('features')]
    return tuple(map(Cpu, table.column('arch'), table.column('vendor'), table.column('model'), features,
                     table.column('rank')))


def row(nodes: Nodes, number: int) -> dict[str, Any]:
    """The fields of one host."""
    cpu = nodes.cpu[number]
    own = {name: value for one in nodes.providers[number] if one.name == ''
           for name, value in _inventory_rows(one).items()}
    return {'inventories': own,
            'providers': [{'name': one.name, 'inventories': _inventory_rows(one),
                           'traits': sorted(one.traits)} for one in nodes.providers[number] if one.name],
            'numa_cells': [{'vcpus': cell.vcpus, 'pcpus': cell.pcpus, 'pages': dict(cell.pages)}
                           for cell in nodes.cells[number]],
            'cpu': {'arch': cpu.arch, 'vendor': cpu.vendor, 'model': cpu.model,
                    'features': sorted(cpu.features), 'rank': cpu.rank}}


def _providers(where: str, own: Mapping[str, Any], nested: list[Any]) -> Iterable[Provider]:
    if own:
        yield Provider('', _inventories(f'{where}.inventories', own))
    if nested:
        table = Table(f'{where}.providers', nested, _PROVIDER)
        table.index_of('name')
        for name, found, traits in zip(
                table.column('name'), table.column('inventories'), table.column('traits'), strict=True):
            yield Provider(name, _inventories(f'{where}.providers.inventories', found), frozenset(traits))


def _inventories(where: str, found: Mapping[str, Any]) -> dict[str, Inventory]:
    check_classes(where, found)
    table = Table(where, list(found.values()), _INVENTORY)
    most = [math.inf if value is None else float(value) for value in table.column('max_unit')]
    amounts = table.amounts('total', 'reserved', 'ratio', 'held').tolist()
    return {name: Inventory(total, reserved, ratio, held, least, largest, step)
            for name, (total, reserved, ratio, held), least, largest, step in zip(
                found, amounts, table.column('min_unit'), most, table.column('step_size'), strict=True)}


def _cells(where: str, found: list[Any]) -> Iterable[Cell]:
    table = Table(where, found, _CELL)
    for pages in table.column('pages'):
        if not all(size.isdecimal() for size in pages):
            raise Invalid(f'{where}: "pages" has sizes other than KiB, as "4" and "2048" are')
    return map(Cell, table.column('vcpus'), table.column('pcpus'), table.column('pages'))


def _inventory_rows(provider: Provider) -> dict[str, Any]:
    return {name: {'total': one.total, 'reserved': one.reserved, 'ratio': one.ratio, 'held': one.held,
                   'min_unit': int(one.least), 'max_unit': None if math.isinf(one.most) else int(one.most),
                   'step_size': int(one.step)}
            for name, one in sorted(provider.inventories.items())}
