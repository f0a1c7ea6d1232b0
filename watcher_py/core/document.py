# SPDX-License-Identifier: Apache-2.0
"""A snapshot as a document of plain lists and objects, to store, send or replay."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from watcher_py.core import compute_document, machine_document, storage_document
from watcher_py.core.errors import Invalid
from watcher_py.core.snapshot import EPOCH, Snapshot

Document = dict[str, Any]

FORMAT = 'watcher-cluster'
FORMATS = (FORMAT, 'yardstick-cluster')
VERSION = 1


def read(document: Any) -> Snapshot:
    """The snapshot that a document describes; Invalid with the first fault's place when it can't be."""
    if type(document) is not dict:
        raise Invalid('the document is not an object')
    if document.get('format') not in FORMATS:
        raise Invalid(f'"format" is {document.get("format")!r}, not one of {", ".join(FORMATS)}')
    if document.get('version') != VERSION:
        raise Invalid(f'"version" is {document.get("version")!r}; this program reads version {VERSION}')
    cluster, readings = compute_document.read(document)
    cluster = replace(cluster, storage=storage_document.read(document),
                      machines=machine_document.read(document, cluster.nodes))
    return Snapshot(cluster, readings, _moment(document.get('taken_at')),
                    str(document.get('name', 'cluster')))


def write(snapshot: Snapshot) -> Document:
    """The document that `read` turns into the same snapshot."""
    cluster = snapshot.cluster
    return {'format': FORMAT, 'version': VERSION, 'name': snapshot.name,
            'taken_at': snapshot.taken_at.isoformat(), 'zones': sorted(set(cluster.nodes.zone)),
            **compute_document.lists(cluster, snapshot.readings), **storage_document.lists(cluster.storage),
            **machine_document.lists(cluster.machines, cluster.nodes)}


def json_schema() -> dict[str, Any]:
    """JSON schema of the document; the references between its lists are beyond JSON schema."""
    rows = compute_document.schemas() | storage_document.schemas() | machine_document.schemas()
    return {'$schema': 'https://json-schema.org/draft/2020-12/schema',
            'title': 'Cluster document of watcher_py, version 1',
            'type': 'object', 'required': ['format', 'version', 'hosts', 'instances'],
            'properties': {
                'format': {'enum': list(FORMATS)}, 'version': {'const': VERSION},
                'name': {'type': 'string'}, 'taken_at': {'type': 'string', 'format': 'date-time'},
                **{key: {'type': 'array', 'items': row} for key, row in rows.items()}}}


def _moment(text: Any) -> datetime:
    if text is None:
        return EPOCH
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Invalid(f'"taken_at" is {text!r}, not an ISO 8601 time') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
