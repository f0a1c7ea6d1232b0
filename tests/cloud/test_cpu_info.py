# SPDX-License-Identifier: Apache-2.0
"""A CPU, whatever form the driver gives it."""

import pytest

from watcher_py.cloud.cpu_info import cpu_of
from watcher_py.core.cluster import Cpu


@pytest.mark.parametrize(('told', 'cpu'), [
    ({'arch': 'x86_64', 'vendor': 'AMD', 'model': 'EPYC', 'features': ['aes', 'avx']},
     Cpu('x86_64', 'AMD', 'EPYC', frozenset({'aes', 'avx'}))),
    ('{"arch": "x86_64", "features": {"aes": true, "avx": false, "vmx": "require", "svm": "disable"}}',
     Cpu('x86_64', features=frozenset({'aes', 'vmx'}))),
    ({'model': None, 'vendor': 7, 'features': 'aes'}, Cpu()),
    ({'features': ['aes', None]}, Cpu(features=frozenset({'aes'}))),
    *((nothing, Cpu()) for nothing in ('', None, {}, [], '[]', '{"half', 7)),
])
def test_what_a_hypervisor_says_of_its_cpu_is_read_in_any_form(told, cpu):
    assert cpu_of(told) == cpu
