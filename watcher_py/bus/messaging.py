# SPDX-License-Identifier: Apache-2.0
"""oslo.messaging on threads, to be imported from here alone: by itself it takes eventlet for the process."""

import warnings
from contextlib import suppress
from importlib import import_module

from oslo_config.cfg import ConfigOpts
from oslo_service import backend  # type: ignore[import-untyped]

with warnings.catch_warnings():
    # A library below looks whether eventlet is there, and eventlet warns whoever imports it.
    warnings.simplefilter('ignore')
    if backend.get_backend_type() is None:
        backend.init_backend(backend.BackendType.THREADING)
    import oslo_messaging

__all__ = ['oslo_messaging', 'register_observation']

OBSERVATION = ('metrics', 'tracing')


def register_observation(conf: ConfigOpts) -> None:
    """oslo.messaging asks each configuration for these, but tells only the global one of them."""
    for name in OBSERVATION:
        with suppress(ImportError):         # older ones trace nothing
            client = import_module(f'oslo_messaging._{name}.client')
            conf.register_opts(getattr(client, f'oslo_messaging_{name}'), f'oslo_messaging_{name}')
