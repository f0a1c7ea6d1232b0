# SPDX-License-Identifier: Apache-2.0
"""Clusters, programs and a judge that share no code with each other: who plans is not who counts."""

import gzip
import importlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WATCHER_PLAN = Path(sys.executable).parent / 'watcher-plan'


@dataclass(frozen=True)
class Run:
    """What a program reports of its plan, and what the judge finds."""

    report: dict[str, Any]
    verdict: dict[str, Any]
    actions: list[dict[str, Any]]

    @property
    def moves(self) -> int:
        return self.verdict['counts'].get('migrations', 0)

    @property
    def refused(self) -> int:
        counts = self.verdict['executed']['counts']
        return sum(counts.get(key, 0) for key in ('rejected', 'wrong_source', 'unknown_instance', 'noop'))


class Yardstick:
    """`harness` holds the generator and the judge, `work` keeps clusters and plans between runs."""

    def __init__(self, harness: Path, work: Path, peer: Path | None):
        sys.path.insert(0, str(harness))
        self._gen, self._evaluate = importlib.import_module('gen'), importlib.import_module('evaluate')
        self._ruled_bound = importlib.import_module('ruled_bound')
        self._harness, self._work, self.peer = harness, work, peer
        work.mkdir(parents=True, exist_ok=True)

    def cluster(self, hosts: int, servers: int, seed: int) -> Path:
        """A cluster document, made when missing."""
        path = self._work / f'{hosts}x{servers}-s{seed}.json.gz'
        if not path.exists():
            self._save(self._gen.generate(hosts, servers, seed), path)
        return path

    def dense_cluster(self, hosts: int, servers: int, seed: int) -> Path:
        """Many small servers on each host, and hosts with many threads."""
        path = self._work / f'dense-{hosts}x{servers}-s{seed}.json.gz'
        if not path.exists():
            gen = importlib.reload(self._gen)
            gen.VCPU_STEPS, gen.RAM_PER_VCPU_GIB = [1, 2], [(1, 0.6), (2, 0.4)]
            gen.GENERATIONS = [{**each, 'vcpus': 2 * each['vcpus'], 'disk_gb': 8 * each['disk_gb']}
                               for each in gen.GENERATIONS]
            self._save(gen.generate(hosts, servers, seed), path)
            importlib.reload(self._gen)
        return path

    def with_machines(self, cluster: Path) -> Path:
        """The same cluster, told of with the machines of its hosts and with its storage as ours are."""
        path = cluster.with_name(f'whole-{cluster.name}')
        if not path.exists():
            document = self.document(cluster)
            storage = document['storage']
            document['machines'] = [{'id': host['id'], 'host': host['id'], 'power_state': 'power on',
                                     'provision_state': 'active'} for host in document['hosts']]
            document['volume_types'] = [{'name': 'std', 'extra_specs': {}}]
            document['pools'] = [{
                'name': pool['name'], 'backend': pool['backend'], 'total_gb': pool['total_gb'],
                'free_gb': pool['total_gb'] - pool['used_gb'], 'allocated_gb': pool['allocated_gb'],
                'provisioned_gb': pool['allocated_gb'], 'reserved_percentage': 0, 'volume_types': ['std'],
                'max_over_subscription_ratio': pool['oversub']} for pool in storage['pools']]
            document['volumes'] = [{
                'id': row['id'], 'name': row['name'], 'size_gb': row['size_gb'], 'pool': row['pool'],
                'status': row['status'], 'bootable': row['bootable'], 'project': row['project'],
                'attached_to': [row['instance']] if row['instance'] else [], 'snapshots': 0}
                for row in storage['volumes']]
            self._save(document, path)
        return path

    def idle(self, cluster: Path) -> Run:
        """What the judge finds of a plan without actions."""
        return Run({}, self._evaluate.evaluate(self.document(cluster), []), [])

    def document(self, cluster: Path) -> dict[str, Any]:
        with gzip.open(cluster, 'rt') as file:
            return json.load(file)

    def bound(self, cluster: Path) -> int:
        """The judge's own lower bound of active hosts: zone pins, and measured CPU up to 80 %."""
        return self._ruled_bound.bound(self.document(cluster), 0.8)

    def ours(self, cluster: Path, strategy: str, seconds: float | None = None, **parameters: Any) -> Run:
        plan, report = self._work / 'plan.json', self._work / 'report.json'
        command = [WATCHER_PLAN, '--cluster', cluster, '--strategy', strategy,
                   '--plan', plan, '--report', report]
        for key, value in parameters.items():
            command += ['--param', f'{key}={json.dumps(value)}']
        if seconds is not None:
            command += ['--time-limit', str(seconds)]
        subprocess.run(command, check=True)  # noqa: S603 - our own program
        return self._judged(cluster, json.loads(report.read_text()), plan)

    def peers(self, cluster: Path, strategy: str, seconds: int = 125) -> Run | None:
        """The same of upstream's engine; None where there is none, or it finds no end."""
        plan, report = self._work / 'peer-plan.json', self._work / 'peer-report.json'
        for path in (plan, report):
            path.unlink(missing_ok=True)
        if self.peer is None:
            return None
        subprocess.run(  # noqa: S603 - what the command line named
            [self.peer, self._harness / 'upstream.py', '--strategy', strategy, '--cluster', cluster,
             '--plan', plan, '--result', report, '--cpu-limit', str(seconds)],
            check=True, stderr=subprocess.DEVNULL)
        found = json.loads(report.read_text())
        return self._judged(cluster, found, plan) if plan.exists() and not found.get('exit_status') else None

    def _judged(self, cluster: Path, report: dict[str, Any], plan: Path) -> Run:
        actions = json.loads(plan.read_text())['actions']
        return Run(report, self._evaluate.evaluate(self.document(cluster), actions), actions)

    def _save(self, document: dict[str, Any], path: Path) -> None:
        unfinished = path.with_suffix('.part.gz')
        self._gen.save(document, str(unfinished))
        unfinished.rename(path)
