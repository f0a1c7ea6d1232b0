# SPDX-License-Identifier: Apache-2.0
"""A client names hosts and servers as it likes, and is told when that is not enough."""

from dataclasses import replace
from typing import Any

import pytest

from watcher_py.core.errors import Conflict, NotFound
from watcher_py.engine.lookup import node_row, server_row


@pytest.mark.parametrize('key', ['cn2-id', 'cn2'])
def test_a_host_is_named_by_its_uuid_or_name(desk: Any, key: str) -> None:
    assert node_row(desk.collector.cluster.nodes, key) == 1


@pytest.mark.parametrize('key', ['vm-b', 'name of vm-b'])
def test_a_server_is_named_by_its_uuid_or_name(desk: Any, key: str) -> None:
    assert server_row(desk.collector.cluster.servers, key) == 1


def test_what_is_not_there_is_said_to_be_unknown(desk: Any) -> None:
    with pytest.raises(NotFound, match='knows no host cn9'):
        node_row(desk.collector.cluster.nodes, 'cn9')


def test_of_two_of_a_name_nobody_knows_which_is_meant(desk: Any) -> None:
    servers = replace(desk.collector.cluster.servers, name=('twin', 'twin', 'other'))
    with pytest.raises(Conflict, match='2 servers are called twin: ask by uuid'):
        server_row(servers, 'twin')
    assert server_row(servers, 'vm-b') == 1
