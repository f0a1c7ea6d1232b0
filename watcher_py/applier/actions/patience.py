# SPDX-License-Identifier: Apache-2.0
"""Wait for something to come true."""

import logging
from collections.abc import Callable

from watcher_py.applier.actions.contract import Settings
from watcher_py.core.errors import Unavailable

LOG = logging.getLogger(__name__)


def until(is_true: Callable[[], bool], settings: Settings, what: str) -> None:
    """Look again and again, also while a service is silent; Unavailable when it takes too long."""
    deadline = settings.clock() + settings.timeout
    while True:
        try:
            if is_true():
                return
            silence = None
        except Unavailable as error:
            LOG.warning('Waiting for %s: %s', what, error)
            silence = error
        if settings.clock() >= deadline:
            raise silence or Unavailable(f'waited {settings.timeout:g} s in vain for {what}')
        settings.pause(settings.interval)
