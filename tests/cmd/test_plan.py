# SPDX-License-Identifier: Apache-2.0
"""watcher-plan as an operator meets it."""

import gzip
import json
import subprocess
import sys

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.cmd.plan import main

SMALL = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b')])


@pytest.fixture
def cluster(tmp_path):
    path = tmp_path / 'cluster.json'
    path.write_text(json.dumps(SMALL))
    return path


def test_a_plan_and_a_report_are_written(cluster, tmp_path):
    plan, report = tmp_path / 'plan.json', tmp_path / 'report.json'
    assert main(['--cluster', str(cluster), '--strategy', 'vm_workload_consolidation', '--time-limit', '10',
                 '--param', 'headroom=0.3', '--plan', str(plan), '--report', str(report)]) == 0
    actions = json.loads(plan.read_text())['actions']
    assert [action['type'] for action in actions] == ['host_state', 'migrate']
    # Both hosts and both servers are alike.
    assert actions[1]['instance'] in ('vm', 'vm2')
    assert actions[1]['reason']
    figures = json.loads(report.read_text())
    assert {'strategy', 'objective', 'before', 'after', 'bound', 'gap', 'migrations', 'ram_moved_mb',
            'refused', 'frozen', 'cpu_s', 'schedule_cpu_s', 'wall_s', 'peak_rss_mb'} <= set(figures)
    told = [step['cpu_s'] for step in figures['progress']]
    assert told
    assert told == sorted(told)
    assert told[-1] <= figures['cpu_s']
    assert (figures['before'], figures['after'], figures['bound'], figures['gap']) == (2, 1, 1, 0)
    assert (figures['migrations'], figures['ram_moved_mb'], figures['refused']) == (1, 8192, 0)
    assert figures['makespan_s'] == pytest.approx(figures['makespan_bound_s']) == pytest.approx(23.5, abs=0.1)
    assert (figures['parking'], figures['left_out']) == (0, 0)


def test_a_gzipped_document_is_read_whatever_its_name(cluster, tmp_path, capsys):
    cluster.write_bytes(gzip.compress(cluster.read_bytes()))
    assert main(['--cluster', str(cluster), '--strategy', 'dummy']) == 0
    assert json.loads(capsys.readouterr().out)['strategy'] == 'dummy'


def test_a_server_and_a_node_are_explained_on_request(cluster, tmp_path, capsys):
    cluster.write_text(json.dumps({**SMALL, 'instances': [*SMALL['instances'], instance('vm3', 'b')]}))
    assert main(['--cluster', str(cluster), '--strategy', 'vm_workload_consolidation', '--report',
                 str(tmp_path / 'report.json'), '--explain', 'vm', '--explain', 'b']) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ['server vm (vm): moved from a to b', '  why: a ends empty: 1 server left it']
    assert '  active nodes: 1; 2 without this move' in told
    assert 'node b (b-id): active' in told


def test_what_the_document_does_not_hold_is_not_explained(cluster, capsys):
    assert main(['--cluster', str(cluster), '--strategy', 'dummy', '--explain', 'mars']) == 2
    assert 'the plan looked at no server or node mars' in capsys.readouterr().err


def broken(**changes):
    return json.dumps({**SMALL, **changes}).encode()


@pytest.mark.parametrize(('content', 'arguments', 'sentence'), [
    (None, ['--strategy', 'guesswork'], 'there is no strategy guesswork; there are '),
    (None, ['--strategy', 'dummy', '--param', 'para1=tall'], "para1: 'tall' is not of type 'number'"),
    (None, ['--strategy', 'dummy', '--param', 'para1=99'], 'para1: 99 is greater than the maximum'),
    (None, ['--strategy', 'dummy', '--param', 'para9=1'], 'strategy dummy has no parameter para9'),
    (None, ['--strategy', 'dummy', '--param', 'para1'], 'not of the form KEY=VALUE'),
    (None, ['--strategy', 'host_maintenance'], "'maintenance_node' is a required property"),
    (None, ['--strategy', 'host_maintenance', '--param', 'maintenance_node=z'], 'no compute node z'),
    (None, ['--strategy', 'dummy', '--plan', '/nowhere/plan.json'], '/nowhere/plan.json: No such file'),
    (b'{"format"', ['--strategy', 'dummy'], 'not a JSON document'),
    (b'\xff\xfe', ['--strategy', 'dummy'], 'not a JSON document'),
    (gzip.compress(broken())[:-20], ['--strategy', 'dummy'], 'not a whole gzip file'),
    (gzip.compress(broken())[:5], ['--strategy', 'dummy'], 'not a whole gzip file'),
    (b'[' * 100_000, ['--strategy', 'dummy'], 'not a JSON document'),
    (broken(hosts=[{**host('a'), 'vcpus': -1}]), ['--strategy', 'dummy'], '"vcpus" is -1'),
    (broken(hosts=[host('a'), host('a')]), ['--strategy', 'dummy'], 'stands twice'),
    (broken(hosts=[host('b')]), ['--strategy', 'dummy'], "names host 'a-id'"),
    (broken(instances=[{'id': 'vm'}]), ['--strategy', 'dummy'], 'has no "'),
], ids=lambda value: value if isinstance(value, str) else '')
def test_bad_input_gets_one_sentence_and_status_2(cluster, content, arguments, sentence, capsys):
    if content is not None:
        cluster.write_bytes(content)
    assert main(['--cluster', str(cluster), *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ''
    assert sentence in told.err
    assert told.err.count('\n') == 1
    assert 'Traceback' not in told.err


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert main(['--cluster', str(tmp_path / 'none'), '--strategy', 'dummy']) == 2
    assert 'No such file' in capsys.readouterr().err


def test_the_core_loads_without_the_services_libraries():
    check = ('import sys, watcher_py.core.strategies.vm_workload_consolidation as _; '
             'names = {name.split(".")[0] for name in sys.modules}; '
             'bad = {n for n in names if n.startswith("oslo")} | names & {"sqlalchemy", "openstack"}; '
             'sys.exit(f"loaded: {bad}" if bad else 0)')
    subprocess.run([sys.executable, '-c', check], check=True)
