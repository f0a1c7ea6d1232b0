# SPDX-License-Identifier: Apache-2.0
"""An engine sees what its configuration tells it to look at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from oslo_config.cfg import ConfigOpts

from watcher_py import conf as options
from watcher_py.cmd.senses import senses
from watcher_py.core import document
from watcher_py.core.strategy import Part
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    described = {**generate(hosts=3, servers=5, seed=1), 'pools': [{'name': 'a@b#p', 'host': 'a@b'}],
                 'machines': [{'id': 'metal'}]}
    with Cloud(document.read(described)) as cloud:
        yield cloud


@pytest.fixture
def conf_of(cloud: Cloud, tmp_path: Path) -> Callable[[str], ConfigOpts]:
    def build(lines: str) -> ConfigOpts:
        who = cloud.credentials('watcher')
        file = tmp_path / 'watcher.conf'
        file.write_text('\n'.join([
            '[DEFAULT]', 'transport_url = fake://', '[watcher_datasources]', 'datasources =',
            '[watcher_clients_auth]', 'auth_type = password', *(f'{key} = {who[key]}' for key in who),
            lines]))
        conf = ConfigOpts()
        options.register(conf)
        conf(['--config-file', str(file)])
        return conf
    return build


def test_the_configured_cloud_is_seen(conf_of: Callable[[str], ConfigOpts]) -> None:
    collected = senses(conf_of(''), ()).collector.newest(0, Part)
    assert (len(collected.cluster.nodes), len(collected.cluster.servers), collected.gaps) == (3, 5, ())


@pytest.mark.parametrize(('parts', 'pools', 'machines'), [
    ('compute', (), ()), ('compute,storage', ('a@b#p',), ()), ('storage,baremetal', ('a@b#p',), ('metal',))])
def test_parts_are_read_that_are_named_and_the_hosts_always(
        conf_of: Callable[[str], ConfigOpts], parts: str, pools: Any, machines: Any) -> None:
    found = senses(conf_of(f'[collector]\ncollector_plugins = {parts}'), ()).collector.newest(0, Part)
    assert (len(found.cluster.nodes), found.gaps) == (3, ())
    assert (found.cluster.storage.pools.name, found.cluster.machines.uuid) == (pools, machines)


def test_a_part_that_nobody_knows_is_refused(conf_of: Callable[[str], ConfigOpts]) -> None:
    with pytest.raises(ValueError, match='moon'):
        senses(conf_of('[collector]\ncollector_plugins = moon'), ())
