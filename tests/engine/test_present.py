# SPDX-License-Identifier: Apache-2.0
"""Who looks at the cloud sees it as it is, with its load, and is told what is missing."""

from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import pytest

from watcher_py.core.errors import Unavailable
from watcher_py.core.metrics import Metric
from watcher_py.datasources.configured import Sources
from watcher_py.engine import present as module
from watcher_py.engine.present import MAX_AGE, OF_HOSTS, Present


@pytest.fixture
def present(desk: Any) -> Present:
    return Present(desk.collector, desk.tools.sources)


def test_a_look_has_the_cluster_and_its_load(desk: Any, present: Present) -> None:
    look = present.look((Metric.INSTANCE_CPU,))
    assert look.snapshot.cluster is desk.collector.cluster
    assert look.snapshot.readings.column(Metric.INSTANCE_CPU, 3).tolist()[:2] == [25.0, 10.0]
    assert set(desk.collector.asked) == {MAX_AGE}


def test_what_was_found_out_about_a_cloud_that_has_not_changed_is_kept(desk: Any, present: Present) -> None:
    first = present.look(())
    assert present.look(()).snapshot is first.snapshot
    desk.collector.cluster = changed = replace(desk.collector.cluster)
    # An answer that has just come does for a moment.
    look = next(look for look in iter(lambda: present.look(()), None) if look.collected.cluster is changed)
    assert look.snapshot.cluster is changed


def test_what_is_missing_of_the_cloud_and_of_its_load_is_told(desk: Any, present: Present) -> None:
    desk.collector.gaps = ('servers: boom; frozen: cn1',)
    assert present.look(OF_HOSTS).gaps == (
        'servers: boom; frozen: cn1', 'host_cpu_usage: prometheus does not answer',
        'host_ram_usage: prometheus does not answer')


def test_without_a_cloud_there_is_nothing_to_see(desk: Any, present: Present) -> None:
    def fail() -> None:
        raise Unavailable('nothing is known of the cloud')

    desk.collector.before = fail
    with pytest.raises(Unavailable, match='nothing is known of the cloud'):
        present.look()


def test_nobody_waits_for_a_nova_that_does_not_answer(
        desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PATIENCE', 0.01)
    present, gate = Present(desk.collector, Sources()), Event()
    before = present.look(())
    desk.collector.before = gate.wait
    try:
        # An answer that has just come does for a moment.
        look = next(look for look in iter(lambda: present.look(()), None) if look.gaps)
        assert look.collected is before.collected
        assert 'the cloud has not answered for' in look.gaps[0]
    finally:
        gate.set()


def test_who_does_not_want_to_wait_is_told_what_is_known(
        desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PATIENCE', 0.01)
    gate = Event()
    desk.collector.before = gate.wait
    present = Present(desk.collector, Sources())
    try:
        assert present.known() is None
    finally:
        gate.set()
    assert present.cluster() is present.known() is desk.collector.cluster


def test_a_source_of_one_strategy_alone_is_not_asked_by_who_looks(desk: Any) -> None:
    own = Named('grafana')
    present = Present(desk.collector, Sources(desk.tools.sources.usual, {'s': (own,)}))  # type: ignore[arg-type]
    assert [source.name for source in present.sources] == ['prometheus', 'grafana']
    assert [source.name for source in present.usual] == ['prometheus']


@dataclass
class Named:
    name: str
