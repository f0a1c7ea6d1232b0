# SPDX-License-Identifier: Apache-2.0
"""Programs read their configuration, and say in one sentence what is wrong with it."""

from pathlib import Path

import pytest
from oslo_config import cfg

from watcher_py.cmd.settings import load


def test_a_file_sets_options_and_the_rest_has_defaults(tmp_path: Path) -> None:
    file = tmp_path / 'watcher.conf'
    file.write_text('[watcher_decision_engine]\nmax_audit_workers = 7\n')
    conf = load(['--config-file', str(file)], 'watcher-test')
    assert conf.watcher_decision_engine.max_audit_workers == 7
    assert conf.watcher_applier.conductor_topic == 'watcher.applier.control'


def test_a_program_may_have_arguments_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / 'watcher.conf'
    file.touch()
    conf = load(['--config-file', str(file), '--colour', 'red'], 'watcher-test', [cfg.StrOpt('colour')])
    assert conf.colour == 'red'


@pytest.mark.parametrize(('text', 'complaint'), [
    (None, 'Failed to find some config files'),
    ('max_audit_workers', 'Failed to parse'),
    ('[watcher_decision_engine]\nmax_audit_workers = many\n', 'max_audit_workers')])
def test_a_bad_file_ends_the_program_with_one_sentence(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, complaint: str) -> None:
    file = tmp_path / 'watcher.conf'
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        load(['--config-file', str(file)], 'watcher-test')
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith('watcher-test: ')
    assert complaint in said
    assert said.count('\n') == 1
