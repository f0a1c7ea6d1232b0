# SPDX-License-Identifier: Apache-2.0
"""The API tests of watcher-tempest-plugin, unmodified, against the services as they run."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.functional.tempest_conf import write_workspace

pytestmark = pytest.mark.tempest

TESTS = 'watcher_tempest_plugin.tests.api.admin'
# How many the plugin of this version has; a run of fewer proves nothing.
LEAST = 60


def test_the_tests_of_the_plugin_pass(stack, watcher, tmp_path):
    tempest = Path(stack.program('tempest'))
    [packages] = tempest.parent.parent.glob('lib/python3*/site-packages')
    write_workspace(tmp_path / 'workspace', packages, stack.cloud, stack.environment)
    done = subprocess.run(
        [tempest, 'run', '--config-file', 'etc/tempest.conf', '--serial', '--regex', TESTS],
        cwd=tmp_path / 'workspace', env=stack.environment, capture_output=True, text=True)
    summary = {word: int(number) for word, number in re.findall(r'- (\w+): +(\d+)', done.stdout)}
    print({**summary, 'skipped': re.findall(r'SKIPPED: (.*)', done.stdout)})
    assert (done.returncode, summary.get('Failed')) == (0, 0), done.stdout + done.stderr
    assert summary['Passed'] + summary['Skipped'] >= LEAST
