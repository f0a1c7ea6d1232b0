# SPDX-License-Identifier: Apache-2.0
"""What may be done to an audit follows from its state."""

import pytest

from watcher_py.core.states import AUDIT_BY_USER, AuditState, may_become
from watcher_py.dashboard.audits.deeds import possible


@pytest.mark.parametrize(('state', 'kind', 'names'), [
    ('PENDING', 'ONESHOT', ['cancel']), ('PENDING', 'EVENT', ['trigger', 'cancel']),
    ('ONGOING', 'CONTINUOUS', ['suspend', 'cancel']),
    ('SUSPENDED', 'CONTINUOUS', ['resume', 'cancel', 'archive']),
    ('SUCCEEDED', 'EVENT', ['trigger', 'archive']), ('FAILED', 'ONESHOT', ['archive'])])
def test_what_is_possible(state, kind, names):
    assert [deed.name for deed in possible({'state': state, 'audit_type': kind})] == names


@pytest.mark.parametrize('state', list(AuditState))
def test_nothing_is_offered_that_the_api_would_refuse(state):
    for deed in possible({'state': state, 'audit_type': 'CONTINUOUS'}):
        assert deed.state is None or may_become(state, deed.state, AUDIT_BY_USER)
