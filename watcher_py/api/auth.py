# SPDX-License-Identifier: Apache-2.0
"""Who asks, and whether the policy lets them."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import falcon
from keystonemiddleware.auth_token import AuthProtocol
from oslo_config.cfg import ConfigOpts
from oslo_context.context import RequestContext
from oslo_policy.policy import DocumentedRuleDefault, Enforcer

from watcher_py.api.errors import Forbidden
from watcher_py.api.policies import list_rules

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Exactly as they arrive: a spelling that differs needs a token, whatever it is routed to.
PUBLIC = ('', '/', '/openapi.json', '/healthz', '/readyz')
WEBHOOK = re.compile('/v1/webhooks/[^/]+')
# What somebody may do; the other rules are only parts of these.
DEEDS = tuple(rule.name for rule in list_rules() if isinstance(rule, DocumentedRuleDefault))
# Of the environment of a request that needed no token: whatever headers it has, nobody has vouched for them.
UNVOUCHED = 'watcher.unvouched'


def behind_keystone(app: Wsgi, conf: ConfigOpts) -> Wsgi:
    """The application for those whose token Keystone accepts; what is public is for all."""
    guarded: Wsgi = AuthProtocol(app, {'oslo_config_config': conf})
    are_webhooks_public = not conf.api.enable_webhooks_auth

    def gate(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get('PATH_INFO', '')
        environ[UNVOUCHED] = path in PUBLIC or bool(are_webhooks_public and WEBHOOK.fullmatch(path))
        return (app if environ[UNVOUCHED] else guarded)(environ, start_response)

    return gate


class Callers:
    """Falcon middleware that tells who asks: an administrator, where authentication is off."""

    def __init__(self, is_authenticated: bool):
        self._is_authenticated = is_authenticated

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if self._is_authenticated and not req.env[UNVOUCHED]:
            # Only behind Keystone: elsewhere these headers are whatever the client wrote.
            req.context.caller = RequestContext.from_environ(req.env)
        else:
            req.context.caller = RequestContext(
                request_id=req.env.get('openstack.request_id'), is_admin=not self._is_authenticated,
                roles=[] if self._is_authenticated else ['admin'])


class Guard:
    """The policy: defaults, and the operator's file over them."""

    def __init__(self, conf: ConfigOpts):
        self._enforcer = Enforcer(conf)
        self._enforcer.register_defaults(list_rules())

    def check(self, caller: RequestContext, rule: str) -> None:
        """Raise Forbidden unless the caller may do what the rule is about."""
        if not self._allows(caller, rule):
            raise Forbidden(f'Policy doesn\'t allow {rule} to be performed.')

    def allowed(self, caller: RequestContext) -> list[str]:
        """All that the caller may do."""
        return [rule for rule in DEEDS if self._allows(caller, rule)]

    def _allows(self, caller: RequestContext, rule: str) -> bool:
        target = {'project_id': caller.project_id, 'user_id': caller.user_id}
        return bool(self._enforcer.authorize(rule, target, caller))
