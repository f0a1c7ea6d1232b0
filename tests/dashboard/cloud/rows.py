# SPDX-License-Identifier: Apache-2.0
"""Hosts as the API lists them."""


def host(name, used=8.0, **values):
    return {'uuid': name, 'name': name, 'zone': 'north', 'aggregates': [], 'state': 'up', 'enabled': True,
            'disabled_reason': None, 'known': True, 'why_frozen': None, 'servers': 3,
            'vcpus': {'total': 16, 'capacity': 64, 'allocated': 32, 'used': used},
            'memory_mb': {'total': 65536, 'capacity': 65536, 'allocated': 16384, 'used': 8192},
            'disk_gb': {'capacity': 1000, 'allocated': 100}, **values}
