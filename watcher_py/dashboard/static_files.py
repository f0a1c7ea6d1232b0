# SPDX-License-Identifier: Apache-2.0
"""Style sheets and the script, each under an address that changes with what is in it."""

import hashlib
from importlib import resources

import falcon

TYPES = {'.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
         '.svg': 'image/svg+xml; charset=utf-8'}
FOREVER = 'public, max-age=31536000, immutable'


class StaticFiles:
    """/static/{stamp}/{name}: read once, for everybody."""

    is_public = True

    def __init__(self) -> None:
        folder = resources.files('watcher_py.dashboard') / 'static'
        self._content = {file.name: file.read_bytes() for file in folder.iterdir() if _type(file.name)}

    def address(self, name: str) -> str:
        """Behind the mount."""
        return f'/static/{hashlib.sha256(self._content[name]).hexdigest()[:12]}/{name}'

    def style_sheets(self) -> list[str]:
        """That of the frame first: the others build upon it."""
        names = sorted(name for name in self._content if name.endswith('.css'))
        return [self.address(name) for name in sorted(names, key='console.css'.__ne__)]

    def on_get(self, req: falcon.Request, resp: falcon.Response, stamp: str, name: str) -> None:
        if name not in self._content or self.address(name) != f'/static/{stamp}/{name}':
            raise falcon.HTTPNotFound(description=f'There is no file {name}')
        resp.content_type = _type(name)
        resp.data = self._content[name]
        resp.set_header('Cache-Control', FOREVER)


def _type(name: str) -> str | None:
    return TYPES.get(name[name.rfind('.'):])
