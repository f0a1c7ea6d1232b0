# SPDX-License-Identifier: Apache-2.0
"""Tell a service at once of what it would find in the database a few seconds later."""

import logging
from collections.abc import Callable

from watcher_py.bus.context import RequestContext
from watcher_py.core.errors import Unavailable

LOG = logging.getLogger(__name__)


def hint(tell: Callable[[RequestContext, str], None], caller: RequestContext, uuid: str) -> None:
    """Nothing is lost where the bus is away: what counts is stored."""
    try:
        tell(caller, uuid)
    except Unavailable as error:
        LOG.warning('%s waits until it is looked for: %s', uuid, error)
