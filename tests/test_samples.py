# SPDX-License-Identifier: Apache-2.0
"""What is committed for operators to read says what the code says."""

import re
import subprocess
import sys
from pathlib import Path

from watcher_py import conf, plugins
from watcher_py.core import restraint

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sys.executable).parent
OURS = 'watcher_py'
ROW = r'^   \* - ``(\w+)``'        # of a table, about what its first cell names


def generated(program: str) -> str:
    """What a generator writes of our own namespace."""
    command = [PROGRAMS / program, '--namespace', OURS]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def committed(path: str) -> str:
    return (ROOT / path).read_text()


def options(sample: str) -> dict[tuple[str, str], str]:
    """The text of each of our own options in a sample, without those that keystoneauth declares for us."""
    found = {}
    sections = re.split(r'^\[(.*)\]$', sample, flags=re.MULTILINE)[1:]
    for section, text in zip(sections[::2], sections[1::2], strict=True):
        for block in re.findall(rf'^#\n# From {OURS}\n#\n(.*?)(?=^#\n# From |\Z)', text, re.M | re.S):
            for entry in block.strip().split('\n\n'):
                option = re.search(r'^#(\w+) =', entry, re.M)
                assert option, entry
                found[section, option[1]] = entry
    return {key: entry for key, entry in found.items() if key not in of_keystoneauth()}


def of_keystoneauth() -> set[tuple[str, str]]:
    return {(section, option.dest)
            for section, given in conf.watcher_clients_auth.list_opts() for option in given}


def test_the_sample_of_the_configuration_is_what_the_generator_writes():
    """If not: tox -e genconfig."""
    sample = options(committed('etc/watcher/watcher.conf.sample'))
    assert sample == options(generated('oslo-config-generator'))
    assert ('api', 'port') in sample


def test_the_sample_of_the_policy_is_what_the_generator_writes():
    """If not: tox -e genpolicy."""
    assert committed('etc/watcher/policy.yaml.sample') == generated('oslopolicy-sample-generator')


def test_the_sample_tells_nothing_of_the_machine_it_was_written_on():
    text = committed('etc/watcher/watcher.conf.sample')
    assert '#host = <hostname>' in text
    assert not re.search(r'^#\w+ = /(?!var/lib/watcher$|etc/watcher/)', text, re.M)


def test_the_reference_names_every_parameter_of_restraint():
    told = re.findall(ROW, committed('doc/source/reference/restraint.rst'), re.M)
    assert told == list(restraint.PARAMETERS)


def test_the_reference_names_every_action_with_its_parameters():
    chapters = re.split(r'^(\w+)\n[-]+$', committed('doc/source/reference/actions.rst'), flags=re.M)
    told = {name: re.findall(ROW, text, re.M)
            for name, text in zip(chapters[1::2], chapters[2::2], strict=True)}
    assert told == {name: list(action.SCHEMA['properties']) for name, action in plugins.actions().items()}
