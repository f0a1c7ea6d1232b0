# SPDX-License-Identifier: Apache-2.0
"""The hardware and the flavors that generated clusters are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watcher_py.sim.rules import AGGREGATE_SPEC

SSD = 'ssd'
AVX512 = 'HW_CPU_X86_AVX512F'
TRAITS = ('COMPUTE_VOLUME_ATTACH', 'HW_CPU_X86_AVX2')
ROLES = ('web', 'app', 'db', 'cache', 'build', 'queue', 'batch', 'desk')


@dataclass(frozen=True)
class Generation:
    """What hosts bought together are like."""

    name: str
    vcpus: int
    vcpus_reserved: int
    cpu_ratio: float
    ram_gib: int
    disk_gb: int
    idle_w: int
    max_w: int
    traits: tuple[str, ...] = ()


GENERATIONS = (
    Generation('broadwell', 24, 0, 3.0, 256, 2000, 105, 330),
    Generation('cascadelake', 40, 1, 2.5, 384, 3000, 130, 450, (AVX512,)),
    Generation('genoa', 64, 2, 2.0, 512, 4000, 170, 640, (AVX512, 'HW_CPU_X86_AMD_SVM')),
)


@dataclass(frozen=True)
class FlavorShape:
    """A flavor, and how common it is."""

    name: str
    vcpus: int
    ram_gib: int
    disk_gb: int
    weight: float = 1.0
    extra_specs: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        return {'flavor': self.name, 'vcpus': self.vcpus, 'ram_mb': self.ram_gib * 1024,
                'disk_gb': self.disk_gb, 'extra_specs': dict(self.extra_specs)}


FLAVORS = (
    FlavorShape('m1.small', 1, 2, 20, 14),
    FlavorShape('m1.medium', 2, 4, 40, 24),
    FlavorShape('m1.large', 4, 8, 60, 18),
    FlavorShape('m1.xlarge', 8, 32, 120, 9),
    FlavorShape('c1.large', 4, 4, 40, 8),
    FlavorShape('c1.xlarge', 8, 16, 60, 5),
    FlavorShape('r1.large', 2, 16, 60, 11),
    FlavorShape('r1.xlarge', 4, 32, 100, 8),
    FlavorShape('m1.2xlarge', 16, 64, 240, 3),
)
SPECIAL_FLAVORS = {
    SSD: FlavorShape('d1.large', 4, 16, 200, extra_specs={f'{AGGREGATE_SPEC}{SSD}': 'true'}),
    AVX512: FlavorShape('h1.large', 8, 16, 40, extra_specs={f'trait:{AVX512}': 'required'}),
}
