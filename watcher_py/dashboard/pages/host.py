# SPDX-License-Identifier: Apache-2.0
"""/hosts/{name}: a host with its servers; its panel beside the map says the same in short."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import falcon
from markupsafe import Markup

from watcher_py.dashboard.cloud.tiles import mark_of, share
from watcher_py.dashboard.pictures.host_bar import resource_bar
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site
from watcher_py.dashboard.words import gb, mib, number

Row = Mapping[str, Any]

KINDS = (('vcpus', 'CPU', number), ('memory_mb', 'Memory', mib), ('disk_gb', 'Disk', gb))
FACTS = (('Used', 'used'), ('Allocated', 'allocated'), ('Allocatable', 'capacity'), ('Hardware', 'total'))


@dataclass(frozen=True)
class Resource:
    """What a host has of one kind, told and drawn."""

    name: str
    facts: Sequence[tuple[str, str]]
    load: float | None              # share of 1 of the hardware
    bar: Markup | None


class HostPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        self.site.show(req, resp, 'host.html', **_values(req.context.visit.rest, name))

    def on_get_panel(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        self.site.show_fragment(req, resp, 'host_panel.html', **_values(req.context.visit.rest, name))


def _values(rest: Rest, name: str) -> dict[str, Any]:
    host = rest.get(f'/v2/hosts/{segment(name)}')
    return {'host': host, 'mark': mark_of(host), 'version': _version(host['hypervisor_version']),
            'resources': list(_resources(host)), 'servers': sorted(host['servers'], key=_busiest_first)}


def _resources(host: Row) -> Iterator[Resource]:
    for kind, name, told in KINDS:
        row = host[kind]
        facts = [(label, told(row[key])) for label, key in FACTS if key in row]
        label = f'{name}: ' + ', '.join(f'{label.lower()} {figure}' for label, figure in facts)
        bar = None if row['capacity'] is None else resource_bar(
            row.get('used'), row['allocated'], row['capacity'], row.get('total'), label)
        yield Resource(name, facts, share(row.get('used'), row.get('total')), bar)


def _version(number: int | None) -> str | None:
    """As people write it what libvirt says as one number."""
    return None if number is None else f'{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}'


def _busiest_first(server: Row) -> tuple[bool, float, str]:
    return (server['cpu_used'] is None, -(server['cpu_used'] or 0.0), server['name'])
