# SPDX-License-Identifier: Apache-2.0
"""Ids that are made up: the same of the same things, in every run."""

import uuid

_NAMESPACE = uuid.UUID('6f1d6a0e-3c7e-5d1b-9a55-0b7a7e0c1d2e')


def derived_id(*parts: object) -> str:
    """The uuid of the thing that these parts name."""
    return str(uuid.uuid5(_NAMESPACE, '/'.join(map(str, parts))))


def provider_id(host: str, name: str) -> str:
    """Of a nested resource provider; a collected cluster names them by their uuids already."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return derived_id('provider', host, name)
