# SPDX-License-Identifier: Apache-2.0
"""What a flavor and an image ask for beyond the three sizes, read off their keys.

After the scheduling chapters of Nova's administration guide and Placement's granular requests: keys of
a numbered group (`resources_GPU`, `trait_GPU`) are for one provider, those without number for any.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watcher_py.core.cluster import RESOURCES, Ints, Servers

MEM_ENCRYPTION_CONTEXT = 'MEM_ENCRYPTION_CONTEXT'
SMALL_PAGE = 4                      # KiB

# Keys of a flavor, and the key of an image that says the same.
_OF_IMAGES = {f'hw:{name}': f'hw_{name}' for name in (
    'cpu_policy', 'cpu_thread_policy', 'emulator_threads_policy', 'mem_page_size', 'mem_encryption',
    'numa_nodes', 'tpm_version', 'cpu_dedicated_mask')} | {'os:secure_boot': 'os_secure_boot'}
_GRANULAR = re.compile(r'(resources|trait)([0-9A-Za-z_-]*):(.+)')
_SIZES = re.compile(r'(\d+)\s*(KB|KiB|MB|MiB|GB|GiB)?', re.IGNORECASE)
_KIB = {'k': 1, 'm': 1024, 'g': 1024 * 1024}
_TRUE = ('1', 't', 'true', 'on', 'y', 'yes')

Trait = tuple[str, str]             # its name, and whether it is required or forbidden


@dataclass(frozen=True)
class Part:
    """What one provider has to give: the unnumbered part of a request is named ''."""

    name: str
    resources: Mapping[str, float]      # beyond the three sizes
    required: frozenset[str]
    forbidden: frozenset[str]


@dataclass(frozen=True, eq=False)
class Request:
    """The keys of one flavor and one image."""

    specs: Mapping[str, str]
    image: Mapping[str, str]

    def value(self, key: str) -> str:
        """Of a flavor's key, or of the image's that says the same; '' where neither does."""
        return self.specs.get(key) or self.image.get(_OF_IMAGES.get(key, ''), '')

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The unnumbered part first, then the others by name."""
        found: dict[str, tuple[dict[str, float], set[Trait]]] = {'': ({}, set(self._implied()))}
        for kind, part, key, value in self._granular():
            resources, traits = found.setdefault(part, ({}, set()))
            if kind == 'trait':
                # What one of both requires and the other forbids, no provider has: Nova refuses it as well.
                traits.add((key, value))
            elif key not in RESOURCES and value.isdecimal():
                resources[key] = float(value)
        return tuple(_part(name, *found[name]) for name in sorted(found))

    @property
    def is_apart(self) -> bool:
        """Whether the numbered parts must come from different providers."""
        return self.specs.get('group_policy') == 'isolate' and len(self.parts) > 2

    @cached_property
    def further(self) -> Mapping[str, float]:
        """All amounts beyond the three sizes and the dedicated CPUs."""
        total: dict[str, float] = {}
        for part in self.parts:
            for resource, amount in part.resources.items():
                total[resource] = total.get(resource, 0.0) + amount
        if self.encrypts_memory:
            total[MEM_ENCRYPTION_CONTEXT] = 1.0
        return total

    def dedicated(self, vcpus: float) -> float:
        """How many of so many vCPUs have a CPU of their own, the emulator's not counted."""
        policy = self.value('hw:cpu_policy')
        if policy == 'mixed':
            return min(vcpus, float(len(_numbers(self.value('hw:cpu_dedicated_mask'), int(vcpus)))))
        return vcpus if policy == 'dedicated' else 0.0

    @property
    def is_dedicated(self) -> bool:
        return self.value('hw:cpu_policy') in ('dedicated', 'mixed')

    @property
    def emulator_cpus(self) -> float:
        """Dedicated CPUs that the emulator's threads have for themselves."""
        return float(self.is_dedicated and self.value('hw:emulator_threads_policy') == 'isolate')

    @property
    def encrypts_memory(self) -> bool:
        return self.value('hw:mem_encryption').lower() in _TRUE

    @property
    def has_pci_device(self) -> bool:
        return bool(self.specs.get('pci_passthrough:alias'))

    @property
    def cells(self) -> int:
        """NUMA cells that the server spans; 0 when it has no NUMA topology."""
        asked = self.value('hw:numa_nodes')
        if asked.isdecimal():
            return int(asked)
        return int(self.is_dedicated or self.page_size != '')

    @property
    def page_size(self) -> str:
        """'' when any pages will do, 'large', 'any', or so many KiB."""
        asked = self.value('hw:mem_page_size').lower()
        if asked in ('', 'large', 'any'):
            return asked
        if asked == 'small':
            return str(SMALL_PAGE)
        size = _SIZES.fullmatch(asked)
        return str(int(size[1]) * _KIB[(size[2] or 'k')[0].lower()]) if size else asked

    def _granular(self) -> Iterable[tuple[str, str, str, str]]:
        for keys in (self.image, self.specs):       # of amounts the flavor has the last word
            for key, value in keys.items():
                if match := _GRANULAR.fullmatch(key):
                    yield match[1], match[2], match[3], value

    def _implied(self) -> Iterator[Trait]:
        """Traits that Nova asks of Placement for other keys."""
        if self.is_dedicated and self.value('hw:cpu_thread_policy') in ('require', 'isolate'):
            is_required = self.value('hw:cpu_thread_policy') == 'require'
            yield 'HW_CPU_HYPERTHREADING', 'required' if is_required else 'forbidden'
        if self.value('os:secure_boot') == 'required':
            yield 'COMPUTE_SECURITY_UEFI_SECURE_BOOT', 'required'
        if version := self.value('hw:tpm_version'):
            yield f'COMPUTE_SECURITY_TPM_{version.replace(".", "_")}', 'required'


def requests_of(servers: Servers) -> tuple[Ints, list[Request]]:
    """Which of these requests each server makes: [S]; servers of one flavor and image share one."""
    numbers: dict[object, int] = {}
    requests: list[Request] = []
    codes = []
    for specs, image in zip(servers.extra_specs, servers.image, strict=True):
        key = (tuple(specs.items()) if specs else (), tuple(image.items()) if image else ())
        code = numbers.get(key)
        if code is None:
            code = numbers[key] = len(requests)
            requests.append(Request(specs, image))
        codes.append(code)
    return np.array(codes, dtype=np.int64), requests


def _part(name: str, resources: Mapping[str, float], traits: Collection[Trait]) -> Part:
    return Part(name, resources,
                frozenset(trait for trait, value in traits if value == 'required'),
                frozenset(trait for trait, value in traits if value == 'forbidden'))


def _numbers(mask: str, end: int) -> set[int]:
    """The numbers below `end` of a CPU mask: '0-3,^2', or only exclusions: '^0-1'."""
    wanted: set[int] = set()
    unwanted: set[int] = set()
    words = [word.strip() for word in mask.split(',') if word.strip()]
    for word in words:
        first, _, last = word.removeprefix('^').partition('-')
        if first.isdecimal() and (not last or last.isdecimal()):
            (unwanted if word.startswith('^') else wanted).update(range(int(first), int(last or first) + 1))
    if words and all(word.startswith('^') for word in words):
        wanted = set(range(end))
    return {number for number in wanted - unwanted if number < end}
