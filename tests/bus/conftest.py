# SPDX-License-Identifier: Apache-2.0
"""Buses to talk over: in one process, and RabbitMQ; each module on an exchange of its own."""

from collections.abc import Callable, Iterator
from textwrap import dedent
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.conftest import RABBIT, need_rabbit
from watcher_py import conf as options
from watcher_py.bus import rpc
from watcher_py.bus.rpc import Transport

PATIENCE = 20


@pytest.fixture(scope='module')
def conf_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ConfigOpts]:
    def make(transport_url: str) -> ConfigOpts:
        own = f'watcher-test-{uuid4()}'
        file = tmp_path_factory.mktemp('bus') / 'watcher.conf'
        file.write_text(dedent(f"""\
            [DEFAULT]
            transport_url = {transport_url}
            control_exchange = {own}
            rpc_response_timeout = {PATIENCE}
            [oslo_messaging_rabbit]
            amqp_auto_delete = true
            [watcher_decision_engine]
            conductor_topic = {own}.engine
            [watcher_applier]
            conductor_topic = {own}.applier
            """))
        conf = ConfigOpts()
        options.register(conf)
        conf(['--config-file', str(file)])
        return conf
    return make


@pytest.fixture(scope='module', params=['fake://', RABBIT], ids=['fake', 'rabbit'])
def conf(request: pytest.FixtureRequest, conf_for: Callable[[str], ConfigOpts]) -> ConfigOpts:
    if request.param == RABBIT:
        need_rabbit()
    return conf_for(request.param)


@pytest.fixture(scope='module')
def transport(conf: ConfigOpts) -> Iterator[Transport]:
    found = rpc.connect(conf)
    yield found
    found.cleanup()
