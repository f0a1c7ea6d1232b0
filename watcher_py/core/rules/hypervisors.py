# SPDX-License-Identifier: Apache-2.0
"""What flavors and images ask of the hypervisor: its type, its version, its CPU."""

import operator
import re
from collections.abc import Callable, Iterable

import numpy as np

from watcher_py.core.cluster import Bools, Nodes
from watcher_py.core.request import Request
from watcher_py.core.rules.specs import satisfies

Version = tuple[int, ...]

_SCOPE = 'capabilities:'
_PREDICATE = re.compile(r'\s*(<=|>=|==|!=|<|>)\s*([\d.]+)\s*')
_COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    '<': operator.lt, '<=': operator.le, '==': operator.eq, '!=': operator.ne, '>': operator.gt,
    '>=': operator.ge}
# A question: the key that asks, what it asks about, what it asks for, and what compares the two.
Question = tuple[str, str, str, Callable[[str, str], bool]]


def suited_to(nodes: Nodes, request: Request) -> Bools:
    """[N] The nodes that are what flavor and image ask for; an unknown one is not."""
    mask = np.ones(len(nodes), dtype=bool)
    for _, fact, asked, is_answer in _questions(request):
        told = _told(nodes, fact)
        answers = {value: value != '' and is_answer(value, asked) for value in set(told)}
        mask &= np.array([answers[value] for value in told], dtype=bool)
    return mask


def unanswered(nodes: Nodes, request: Request) -> str:
    """The first key that asks what no node tells; '' when there is none."""
    return next((key for key, fact, _, _ in _questions(request) if not any(_told(nodes, fact))), '')


def _questions(request: Request) -> Iterable[Question]:
    for key, asked in request.specs.items():
        if key.startswith(_SCOPE):
            yield key, key.removeprefix(_SCOPE), asked, satisfies
    of_images: tuple[tuple[str, str, Callable[[str, str], bool]], ...] = (
        ('hw_architecture', 'cpu_info:arch', _is_arch), ('img_hv_type', 'hypervisor_type', _is_type),
        ('img_hv_requested_version', 'hypervisor_version', _is_version))
    for key, fact, is_answer in of_images:
        if key in request.image:
            yield key, fact, request.image[key], is_answer


def _told(nodes: Nodes, fact: str) -> list[str]:
    """[N] '' where unknown."""
    if fact == 'hypervisor_type':
        return list(nodes.hypervisor_type)
    if fact == 'hypervisor_version':
        return ['' if np.isnan(version) else f'{version:.0f}' for version in nodes.hypervisor_version]
    name = fact.removeprefix('cpu_info:')
    return [getattr(cpu, name) if name in ('arch', 'vendor', 'model') else '' for cpu in nodes.cpu]


def _is_arch(has: str, asked: str) -> bool:
    return has.lower() == ('x86_64' if asked.lower() == 'amd64' else asked.lower())


def _is_type(has: str, asked: str) -> bool:
    return has.lower() == asked.lower()


def _is_version(has: str, asked: str) -> bool:
    """Whether 8002001, which is 8.2.1, is as asked: '>=6.0, <9'."""
    number = int(has)
    version = (number // 1_000_000, number // 1000 % 1000, number % 1000)
    predicates = [_PREDICATE.fullmatch(word) for word in asked.split(',')]
    return all(found is not None and _COMPARE[found[1]](version, _parts(found[2])) for found in predicates)


def _parts(text: str) -> Version:
    parts = [int(part) for part in text.split('.') if part]
    return (*parts, 0, 0, 0)[:3]
