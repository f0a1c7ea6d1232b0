# SPDX-License-Identifier: Apache-2.0
"""Who asks, and under which request id: it travels with every message, the token stays behind."""

from collections.abc import Mapping
from typing import Any

from oslo_context.context import RequestContext

__all__ = ['RequestContext', 'admin_context', 'from_message', 'to_message']


def admin_context() -> RequestContext:
    """The context of what a service does of its own accord."""
    return RequestContext(is_admin=True, overwrite=False)


def to_message(context: RequestContext) -> dict[str, Any]:
    """The context as it crosses the bus; services work with credentials of their own."""
    return {**context.to_dict(), 'auth_token': None}


def from_message(values: Mapping[str, Any]) -> RequestContext:
    # Without overwrite=False it would become the context of everything that this thread logs.
    return RequestContext.from_dict(dict(values), overwrite=False)
