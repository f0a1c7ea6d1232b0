# SPDX-License-Identifier: Apache-2.0
"""Calls and casts between the services; only ids travel, and answers to questions."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast

from kombu.exceptions import KombuError
from oslo_config.cfg import ConfigOpts

from watcher_py.bus import context
from watcher_py.bus.context import RequestContext
from watcher_py.bus.messaging import oslo_messaging, register_observation
from watcher_py.core.errors import Unavailable, WatcherError

LOG = logging.getLogger(__name__)

EXCHANGE = 'watcher'
VERSION = '1.0'
# How often a message is offered to a bus that does not take it.
RETRIES = 2
SOON = 10                       # seconds
# For so long somebody looks at a page that is not there; the cloud may be read anew meanwhile.
PATIENTLY = 20

# RabbitMQ's driver lets errors of the library below through.
LOST = (oslo_messaging.MessagingException, KombuError)

Transport: TypeAlias = oslo_messaging.Transport
P = ParamSpec('P')
R = TypeVar('R')


def answers(method: Callable[P, R]) -> Callable[P, R]:
    """Mark a method of an endpoint: its errors are raised, as WatcherErrors, where the call was made."""
    @oslo_messaging.expected_exceptions(WatcherError)  # type: ignore[untyped-decorator]
    @wraps(method)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except WatcherError:
            raise
        except Exception as error:
            LOG.exception('%s met an error of ours', method.__name__)
            raise Unavailable(f'{method.__name__} met an internal error: {error}') from error

    return cast('Callable[P, R]', answer)


def connect(conf: ConfigOpts) -> Transport:
    """The bus that `transport_url` names."""
    # The library's way to say it; [DEFAULT] control_exchange still overrides.
    oslo_messaging.set_transport_defaults(EXCHANGE)
    register_observation(conf)
    return oslo_messaging.get_rpc_transport(conf, allowed_remote_exmods=[WatcherError.__module__])


def serve(transport: Transport, topic: str, host: str, endpoints: Sequence[object]) -> Any:
    """A server of the endpoints' public methods: start() it, then stop() and wait() for what it handles."""
    target = oslo_messaging.Target(topic=topic, server=host, version=VERSION)
    return oslo_messaging.get_rpc_server(transport, target, list(endpoints), serializer=_ContextSerializer())


class EngineClient:
    """What the decision engine can be asked."""

    def __init__(self, transport: Transport, conf: ConfigOpts):
        self._line = _Line(transport, conf.watcher_decision_engine.conductor_topic, 'decision engine')

    def trigger_audit(self, context: RequestContext, audit_uuid: str) -> None:
        """Have some engine carry out an audit; returns at once."""
        self._line.cast(context, 'trigger_audit', audit_uuid=audit_uuid)

    def strategy_info(self, context: RequestContext, name: str) -> list[dict[str, Any]]:
        """Whether the sources, metrics and models that a strategy needs are there."""
        rows: list[dict[str, Any]] = self._line.call(context, 'get_strategy_info', strategy_name=name)
        return rows

    def data_model(self, context: RequestContext, model: str, audit_uuid: str | None) -> dict[str, Any]:
        """The servers and nodes of the newest cluster, as rows; in an audit's scope when one is given."""
        return self._line.told(
            context, 'get_data_model_info', data_model_type=model, audit_uuid=audit_uuid)

    def cluster(self, context: RequestContext) -> dict[str, Any]:
        """The newest cluster with its load, as a document."""
        return self._line.told(context, 'get_cluster')

    def hosts(self, context: RequestContext) -> dict[str, Any]:
        """All hosts with their load, and the figures of the cloud."""
        return self._line.told(context, 'get_hosts', within=PATIENTLY)

    def host(self, context: RequestContext, key: str) -> dict[str, Any]:
        """A host, by uuid or name, with its servers."""
        return self._line.told(context, 'get_host', within=PATIENTLY, key=key)

    def server(self, context: RequestContext, key: str) -> dict[str, Any]:
        """A server, by uuid or name, and which nodes would take it."""
        return self._line.told(context, 'get_server', within=PATIENTLY, key=key)

    def series(self, context: RequestContext, metric: str, key: str, hours: int) -> dict[str, Any]:
        """What a host or server, by uuid or name, measured over the last hours."""
        return self._line.told(
            context, 'get_series', within=PATIENTLY, metric=metric, key=key, hours=hours)

    def history(self, context: RequestContext, hours: int) -> dict[str, Any]:
        """How busy the hosts were over the last hours, and how evenly."""
        return self._line.told(context, 'get_history', within=PATIENTLY, hours=hours)

    def health(self, context: RequestContext) -> dict[str, Any]:
        """How well the engine that answers sees the cloud and its load; Unavailable when none does soon."""
        return self._line.told(context, 'get_health', within=SOON)

    def explanation(self, context: RequestContext, plan_uuid: str, about: str) -> dict[str, Any]:
        """Why a plan does with a server or node, by uuid or name, what it does."""
        return self._line.told(
            context, 'get_explanation', plan_uuid=plan_uuid, about=about)

    def violations(self, context: RequestContext) -> dict[str, Any]:
        """The rules that are broken in the cloud, and the server groups."""
        return self._line.told(context, 'get_violations', within=PATIENTLY)

    def what_if(self, context: RequestContext, asked: dict[str, Any]) -> dict[str, Any]:
        """What would become of the cloud if hosts were lost or emptied, or servers added."""
        return self._line.told(context, 'get_what_if', within=PATIENTLY, asked=asked)

    def capacity(self, context: RequestContext, size: dict[str, int] | None) -> dict[str, Any]:
        """How many more servers of a size there is room for; without one, of each that is common."""
        return self._line.told(context, 'get_capacity', within=PATIENTLY, size=size)

    def course(self, context: RequestContext, plan_uuid: str, without: list[str],
               step: int | None) -> dict[str, Any]:
        """What a plan comes to without these actions, and where the servers stand after so many."""
        return self._line.told(
            context, 'get_course', within=PATIENTLY, plan_uuid=plan_uuid, without=without, step=step)

    def another_target(self, context: RequestContext, plan_uuid: str, action_uuid: str,
                       besides: list[str], promised: dict[str, str]) -> dict[str, Any]:
        """Where else the server of a move may go: `target`, a node or None, and `why`.

        Not to a node of `besides`; `promised` are targets that were given to other moves, by their action.
        Unavailable when no engine answers within some seconds: the move waits for it.
        """
        return self._line.told(
            context, 'another_target', within=SOON, plan_uuid=plan_uuid, action_uuid=action_uuid,
            besides=besides, promised=promised)


class ApplierClient:
    """What the applier can be asked."""

    def __init__(self, transport: Transport, conf: ConfigOpts):
        self._line = _Line(transport, conf.watcher_applier.conductor_topic, 'applier')

    def launch_action_plan(self, context: RequestContext, plan_uuid: str) -> None:
        """Have some applier carry out a plan; returns at once."""
        self._line.cast(context, 'launch_action_plan', action_plan_uuid=plan_uuid)


class _Line:
    """The way to one kind of service; what goes wrong on it is Unavailable."""

    def __init__(self, transport: Transport, topic: str, service: str):
        self._service = service
        target = oslo_messaging.Target(topic=topic, version=VERSION)
        self._client = oslo_messaging.get_rpc_client(
            transport, target, serializer=_ContextSerializer(), retry=RETRIES)
        self._longest = self._client.conf.rpc_response_timeout

    def cast(self, context: RequestContext, method: str, **arguments: Any) -> None:
        try:
            self._client.cast(context, method, **arguments)
        except LOST as error:
            raise self._lost(error) from error

    def call(self, context: RequestContext, method: str, within: float | None = None,
             **arguments: Any) -> Any:
        """The answer, that comes within so many seconds, or sooner where the bus waits less."""
        client = self._client
        if within is not None:
            client = client.prepare(timeout=min(within, self._longest))
        try:
            return client.call(context, method, **arguments)
        except oslo_messaging.MessagingTimeout as error:
            raise Unavailable(f'the {self._service} does not answer {method}') from error
        except oslo_messaging.RemoteError as error:
            raise Unavailable(f'the {self._service} failed to answer {method}: {error.value}') from error
        except LOST as error:
            raise self._lost(error) from error
        except WatcherError as error:
            raise _as_raised(error) from None

    def told(self, context: RequestContext, method: str, within: float | None = None,
             **arguments: Any) -> dict[str, Any]:
        """The answer of a method that gives a document."""
        answer: dict[str, Any] = self.call(context, method, within, **arguments)
        return answer

    def _lost(self, error: Exception) -> Unavailable:
        return Unavailable(f'the message bus does not reach the {self._service}: {error}')


def _as_raised(error: WatcherError) -> WatcherError:
    """The error without the far side's traceback, which the bus adds to its text."""
    own: type[WatcherError] = next(
        kind for kind in type(error).__mro__ if kind.__module__ == WatcherError.__module__)
    return own(*error.args)


class _ContextSerializer(oslo_messaging.Serializer):  # type: ignore[misc]
    """Arguments are plain already; the context is made so."""

    def serialize_entity(self, ctxt: Any, entity: Any) -> Any:
        return entity

    def deserialize_entity(self, ctxt: Any, entity: Any) -> Any:
        return entity

    def serialize_context(self, ctxt: RequestContext) -> dict[str, Any]:
        return context.to_message(ctxt)

    def deserialize_context(self, ctxt: dict[str, Any]) -> RequestContext:
        return context.from_message(ctxt)
