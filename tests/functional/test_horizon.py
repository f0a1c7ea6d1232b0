# SPDX-License-Identifier: Apache-2.0
"""The real Horizon with watcher-dashboard, unmodified, worked through by a browser."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.openstack

# The program works through so many pages; a run of fewer proves nothing.
PAGES = 23


def test_every_page_of_horizons_plugin_works(stack, watcher, tmp_path):
    check = os.environ.get('HORIZON_CHECK')
    if not check or not Path(check).exists():
        pytest.fail('HORIZON_CHECK does not name the program that drives a real Horizon')
    if not shutil.which('chromium'):
        pytest.fail('there is no chromium: install the package of this name')
    cache = Path(os.environ.get('WATCHER_PY_CACHE', '~/.cache/watcher_py')).expanduser()
    done = subprocess.run([check, '--venv', cache / 'horizon', '--work', tmp_path],
                          env=stack.environment, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert f'{PAGES} passed, 0 failed' in done.stdout, done.stdout
