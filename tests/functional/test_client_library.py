# SPDX-License-Identifier: Apache-2.0
"""python-watcherclient's own API, used by a program where the client is installed."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.openstack

PROGRAM = Path(__file__).parent / 'client_program.py'


def test_a_program_does_all_that_an_operator_does(stack, watcher):
    done = subprocess.run(
        [stack.program('python'), PROGRAM], env=stack.environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[-1:]) == (0, ['done']), done.stderr
