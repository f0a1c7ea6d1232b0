# SPDX-License-Identifier: Apache-2.0
"""watcher-sim: the emulated cloud alone, as a process."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openstack
import pytest

from watcher_py.cmd.sim import main
from watcher_py.sim.generator import generate


def test_it_serves_a_cluster_until_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / 'cluster.json'
    path.write_text(json.dumps(generate(3, 12)))
    command = [sys.executable, '-m', 'watcher_py.cmd.sim', '--cluster', str(path), '--speed', '10']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = ''.join(iter(process.stdout.readline, 'export OS_REGION_NAME=RegionOne\n'))
        exported = dict(re.findall(r'^export OS_(\w+)=(.*)$', told, re.MULTILINE))
        exported.pop('IDENTITY_API_VERSION')
        connection = openstack.connection.Connection(
            auth={key.lower(): value for key, value in exported.items()})
        assert len(list(connection.compute.servers(all_projects=True))) == 12
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.parametrize('arguments', [
    ['--cluster', os.devnull], ['--cluster', '/no/such/file'], ['--hosts', '0']])
def test_what_can_not_be_served_is_said_in_a_sentence(
        arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith('watcher-sim: ')
    assert said.count('\n') == 1
