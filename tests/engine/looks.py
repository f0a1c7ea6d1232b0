# SPDX-License-Identifier: Apache-2.0
"""What an engine sees of a cluster document."""

from typing import Any

from watcher_py.core.document import read
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.present import Look


def look(doc: dict[str, Any], *gaps: str) -> Look:
    snapshot = read(doc)
    return Look(Collected(snapshot.cluster, gaps, read_at=0.0), snapshot, gaps)
