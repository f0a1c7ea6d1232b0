# SPDX-License-Identifier: Apache-2.0
"""The console as a WSGI server loads it: in a process of its own, away from the API."""

import os
import subprocess
import sys

APPLICATION = '''
from falcon.testing import TestClient
from watcher_py.wsgi.dashboard import application
print(TestClient(application).simulate_get('/audits').text)
'''


def test_the_console_asks_the_api_that_it_is_told_of(tmp_path):
    file = tmp_path / 'watcher.conf'
    file.write_text('[DEFAULT]\nenable_authentication = False\n[dashboard]\napi_url = http://127.0.0.1:9\n')
    environment = {**os.environ, 'OS_WATCHER_CONFIG_FILES': str(file)}
    page = subprocess.run([sys.executable, '-c', APPLICATION], env=environment, capture_output=True,
                          text=True, check=True).stdout
    assert 'The API does not answer at http://127.0.0.1:9' in page
    assert 'href="/static/' in page
