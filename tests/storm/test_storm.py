# SPDX-License-Identifier: Apache-2.0
"""The storms of `benchmarks/kill_storm.py`, in short: nothing is lost, doubled or illegal."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.storm, pytest.mark.many]

PROGRAM = Path(__file__).parents[2] / 'benchmarks' / 'kill_storm.py'


def storm(folder: Path, *words: str) -> dict[str, Any]:
    """What it reports; the logs of the services are shown when the test fails."""
    out = folder / 'report.json'
    done = subprocess.run([sys.executable, PROGRAM, '--json', out, '--logs', folder, *words])
    if done.returncode:
        for log in sorted(folder.glob('*.log')):
            print(f'--- {log.name}\n{log.read_text(errors="replace")[-5000:]}')
    report: dict[str, Any] = json.loads(out.read_text())
    return report


def assert_nothing_is_wrong(report: dict[str, Any]) -> None:
    assert report['wrong'] == {'lost': [], 'doubled': [], 'illegal': []}
    assert report['migrations'] > 0
    assert report['resume_s'] <= 30


@pytest.mark.parametrize(('database', 'kills'), [('mariadb', 20), ('postgresql', 5)])
def test_services_are_killed_and_others_go_on_with_what_they_held(tmp_path: Path, database: str,
                                                                  kills: int) -> None:
    report = storm(tmp_path, '--database', database, '--kills', str(kills))
    assert_nothing_is_wrong(report)
    assert report['kills'] == kills
    assert report['resumed'] > 0
    assert report['starts'] > 0


def test_servers_go_away_and_come_back(tmp_path: Path) -> None:
    assert_nothing_is_wrong(storm(
        tmp_path, '--outage', 'rabbit,database,token,nova,network', '--seconds', '20'))


def test_servers_are_killed_and_started_again(tmp_path: Path) -> None:
    """A RabbitMQ and a MariaDB of the storm's own: what is not on disk is gone."""
    assert_nothing_is_wrong(storm(tmp_path, '--outage', 'rabbit-kill,database-kill', '--seconds', '5'))
