# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus, over blocks that are made of a text."""

import contextlib
import shutil
import socket
import subprocess
import time

import requests

from tests.conftest import missing


@contextlib.contextmanager
def running(text, folder):
    """Its URL, while it knows the series of this text in OpenMetrics."""
    for program in ('prometheus', 'promtool'):
        if shutil.which(program) is None:
            missing(program, FileNotFoundError('install the package prometheus'))
    (folder / 'series').write_text(text)
    (folder / 'prometheus.yml').write_text('')
    subprocess.run(
        ['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', folder / 'series', folder / 'data'],
        check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        address = f'127.0.0.1:{free.getsockname()[1]}'
    process = subprocess.Popen(
        ['prometheus', f'--config.file={folder}/prometheus.yml', f'--storage.tsdb.path={folder}/data',
         '--storage.tsdb.retention.time=100y', f'--web.listen-address={address}'], stderr=subprocess.DEVNULL)
    try:
        _wait_for(f'http://{address}/-/ready', process)
        yield f'http://{address}'
    finally:
        process.terminate()
        process.wait()


def _wait_for(url, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, timeout=10).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError('Prometheus has not started')
