# SPDX-License-Identifier: Apache-2.0
"""The operators of extra specs."""

import pytest

from watcher_py.core.rules.specs import satisfies


@pytest.mark.parametrize(('value', 'asked', 'answer'), [
    ('ssd', 'ssd', True), ('ssd', 'nvme', False), ('', '', True), ('a b', 'a b', True),
    ('4', '= 3', True), ('3', '= 3', True), ('2', '= 3', False),        # "at least", as Nova documents it
    ('3', '== 3.0', True), ('4', '== 3', False), ('4', '!= 3', True), ('10', '>= 9', True),
    ('10', '<= 9', False), ('many', '>= 9', False), ('10', '>= some', False), ('10', '>=', False),
    ('ssd', 's== ssd', True), ('ssd', 's!= ssd', False), ('10', 's< 9', True), ('9', 's<= 9', True),
    ('b', 's> a', True), ('a', 's>= b', False),
    ('x86_64', '<in> 86', True), ('arm', '<in> 86', False), ('ssd', '<in>', False),
    ('aes avx avx2', '<all-in> aes avx', True), ('aes', '<all-in> aes avx', False),
    ('b', '<or> a <or> b', True), ('c', '<or> a <or> b', False), ('<or>', '<or> a <or> b', False),
])
def test_an_operator_compares_as_nova_documents_it(value, asked, answer):
    assert satisfies(value, asked) is answer
