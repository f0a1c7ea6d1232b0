# SPDX-License-Identifier: Apache-2.0
"""What every answer says to the browser: what a page may load, who may frame it, what is kept of it."""

from typing import Any

import falcon

CONTENT_SECURITY_POLICY = '; '.join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"))
ALWAYS = {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
}


class Headers:
    """Falcon middleware. What does not say how long it may be kept is not kept."""

    def process_response(self, req: falcon.Request, resp: falcon.Response, resource: Any,
                         req_succeeded: bool) -> None:
        for name, value in ALWAYS.items():
            resp.set_header(name, value)
        if resp.get_header('Cache-Control') is None:
            resp.set_header('Cache-Control', 'no-store')
