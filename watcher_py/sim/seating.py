# SPDX-License-Identifier: Apache-2.0
"""Finds seats for a generated cluster's servers, scattered as years of use leave them."""

import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

Row = dict[str, Any]

SIZES = ('vcpus', 'ram_mb', 'disk_gb')
GLANCES = 6                 # hosts looked at before all are
FEW_ON_A_CLOSED_HOST = 3


class Seating:
    """Who sits where so far; a seat given breaks no rule of Nova."""

    def __init__(self, chance: random.Random, hosts: list[Row], ssd: Iterable[str]):
        self._chance = chance
        self._hosts = hosts
        self._ssd = set(ssd)
        self._free = {host['id']: _capacity(host) for host in hosts}
        self._room = {host['id']: _capacity(host) for host in hosts}
        self._members: Counter[tuple[str, str]] = Counter()
        self._homes: dict[str, Row] = {}
        self._seated: Counter[str] = Counter()

    def seat(self, server: Row) -> Row | None:
        """A host for the server, from now on counted there; None when none may take it."""
        host = self._find(server)
        if host is not None:
            self._sit(server, host)
        return host

    def _find(self, server: Row) -> Row | None:
        group = server['group']
        if group and group['policy'] == 'affinity' and group['id'] in self._homes:
            home = self._homes[group['id']]
            return home if self._may(server, home) else None
        glances = [host for host in (self._chance.choice(self._hosts) for _ in range(GLANCES))
                   if self._may(server, host)]
        # A look at a few hosts scatters better than the best of all, and is quick.
        fitting = glances or (host for host in self._hosts if self._may(server, host))
        return max(islice(fitting, 2), key=self._emptiness, default=None)

    def _may(self, server: Row, host: Row) -> bool:
        return (self._has_specs(server, host) and self._has_room(server, host)
                and server['pinned_zone'] in (None, host['zone'])
                and self._is_open(server, host) and self._in_company(server, host))

    def _has_room(self, server: Row, host: Row) -> bool:
        """Written out, for it is asked a hundred times a server."""
        vcpus, ram, disk = self._free[host['id']]
        return bool(server['vcpus'] <= vcpus and server['ram_mb'] <= ram and server['disk_gb'] <= disk
                    and server['vcpus'] <= host['vcpus'] and server['ram_mb'] <= host['ram_mb']
                    and server['disk_gb'] <= host['disk_gb'])

    def _is_open(self, server: Row, host: Row) -> bool:
        """A disabled host still has a few servers, that came before."""
        return host['status'] == 'enabled' or (self._seated[host['id']] < FEW_ON_A_CLOSED_HOST
                                               and server['group'] is None)

    def _has_specs(self, server: Row, host: Row) -> bool:
        if not server['extra_specs']:
            return True
        traits = [key.removeprefix('trait:') for key in server['extra_specs'] if key.startswith('trait:')]
        return (all(trait in host['traits'] for trait in traits)
                and (len(traits) == len(server['extra_specs']) or host['name'] in self._ssd))

    def _in_company(self, server: Row, host: Row) -> bool:
        group = server['group']
        return (group is None or group['policy'] != 'anti-affinity'
                or self._members[group['id'], host['id']] < group['rules']['max_server_per_host'])

    def _emptiness(self, host: Row) -> float:
        return min(free / max(room, 1) for free, room in zip(
            self._free[host['id']], self._room[host['id']], strict=True))

    def _sit(self, server: Row, host: Row) -> None:
        key = host['id']
        self._free[key] = tuple(
            free - wanted for free, wanted in zip(self._free[key], _demand(server), strict=True))
        self._seated[key] += 1
        if server['group']:
            self._members[server['group']['id'], key] += 1
            self._homes.setdefault(server['group']['id'], host)


def _capacity(host: Row) -> tuple[float, ...]:
    return ((host['vcpus'] - host['vcpu_reserved']) * host['cpu_ratio'],
            (host['ram_mb'] - host['ram_mb_reserved']) * host['ram_ratio'],
            (host['disk_gb'] - host['disk_gb_reserved']) * host['disk_ratio'])


def _demand(server: Row) -> tuple[float, ...]:
    return tuple(server[size] for size in SIZES)
