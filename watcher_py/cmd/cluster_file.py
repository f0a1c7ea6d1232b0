# SPDX-License-Identifier: Apache-2.0
"""Cluster documents in files, plain or gzipped."""

import gzip
import json
import zlib
from pathlib import Path

from watcher_py.core.document import read
from watcher_py.core.errors import Invalid
from watcher_py.core.snapshot import Snapshot

_GZIP = b'\x1f\x8b'


def load(path: Path) -> Snapshot:
    """The snapshot in a file; Invalid, with the file's name, when there is none."""
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        return read(json.loads(content))
    except OSError as error:
        # gzip's own faults are OSErrors without a number.
        reason = error.strerror or 'it is not a whole gzip file'
        raise Invalid(f'{path}: {reason}') from None
    except (EOFError, zlib.error):
        raise Invalid(f'{path}: it is not a whole gzip file') from None
    except (ValueError, RecursionError) as error:
        raise Invalid(f'{path}: it is not a JSON document ({error})') from None
    except Invalid as error:
        raise Invalid(f'{path}: {error}') from None
