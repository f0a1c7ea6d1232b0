# SPDX-License-Identifier: Apache-2.0
"""Whether the bus can be reached is found out by its door alone."""

import socket
from collections.abc import Callable, Iterator

import pytest
from oslo_config.cfg import ConfigOpts

from tests.conftest import RABBIT, need_rabbit
from watcher_py.bus.reach import reach

Reach = Callable[[str], str | None]


@pytest.fixture
def door() -> Iterator[int]:
    """The port of somebody who opens and says nothing."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return int(free.getsockname()[1])


@pytest.fixture
def ask() -> Reach:
    def asked(url: str) -> str | None:
        conf = ConfigOpts()
        conf([])
        question = reach(conf)      # makes the option known
        conf.set_override('transport_url', url)
        question = reach(conf)
        return question()

    return asked


def test_one_host_that_opens_is_enough(ask: Reach, door: int, closed: int) -> None:
    assert ask(f'rabbit://me:hidden@127.0.0.1:{closed},me:hidden@127.0.0.1:{door}/') is None


def test_when_none_opens_each_is_told_without_its_password(ask: Reach, closed: int) -> None:
    said = ask(f'rabbit://me:hidden@127.0.0.1:{closed},me:hidden@127.0.0.1:{closed}/')
    assert said is not None
    assert said.count(f'127.0.0.1:{closed}: Connection refused') == 2
    assert 'hidden' not in said


def test_a_bus_within_the_process_is_always_reached(ask: Reach) -> None:
    assert ask('fake://') is None


def test_rabbitmq_is_reached(ask: Reach) -> None:
    need_rabbit()
    assert ask(RABBIT) is None
