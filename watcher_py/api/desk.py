# SPDX-License-Identifier: Apache-2.0
"""What requests are served with: the store, the policy, and the services behind the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.api.auth import Guard
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.db.store import Store


@dataclass(frozen=True)
class Desk:
    store: Store
    guard: Guard
    engine: EngineClient
    applier: ApplierClient
    max_limit: int              # rows on a page
    service_down_time: int      # seconds without a heartbeat
    are_webhooks_guarded: bool  # by the policy
    execution: Mapping[str, Any]    # the options of that group
