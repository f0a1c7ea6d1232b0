# SPDX-License-Identifier: Apache-2.0
"""The route table of the emulated cloud."""

import json
from http import HTTPStatus
from typing import Any

import falcon

from watcher_py.core.errors import Conflict, Invalid, NotFound, Refused, WatcherError
from watcher_py.sim import (
    cinder,
    grafana,
    ironic,
    keystone,
    nova_actions,
    nova_hosts,
    nova_migrations,
    nova_servers,
    nova_shelf,
    placement,
    placement_candidates,
    prometheus,
    remote,
)
from watcher_py.sim.calls import Calls, Counted
from watcher_py.sim.doorman import Doorman
from watcher_py.sim.gate import Application, Gate, error_body
from watcher_py.sim.identity import Identity
from watcher_py.sim.judge import Judge
from watcher_py.sim.nova_servers import PREFIX as NOVA
from watcher_py.sim.world import World

App = Any      # Falcon's is generic in ways that do not matter here

_HTTP = ((NotFound, falcon.HTTPNotFound), (Conflict, falcon.HTTPConflict), (Invalid, falcon.HTTPBadRequest),
         (Refused, falcon.HTTPBadRequest))


def application(world: World, identity: Identity, calls: Calls) -> Application:
    app: App = falcon.App(middleware=[Doorman(identity, world.page)])
    app.req_options.strip_url_path_trailing_slash = True
    app.set_error_serializer(_serialize)
    app.add_error_handler(WatcherError, _refuse)
    _add_keystone(app, identity, world)
    _add_nova(app, world)
    _add_placement(app, world)
    _add_prometheus(app, world)
    app.add_route('/grafana/api/datasources/proxy/{source}/query', grafana.Proxy(world))
    _add_cinder(app, world)
    _add_ironic(app, world)
    app.add_route('/sim/calls', Counted(calls))
    _add_remote(app, world, identity)
    return Gate(app, world, identity, calls, Judge(world))


def _add_keystone(app: App, identity: Identity, world: World) -> None:
    further = [(keystone.CINDER, world.storage.pools), (keystone.IRONIC, world.machines.machines)]
    services = (*keystone.SERVICES, *(service for service, things in further if things))
    versions = keystone.Versions()
    app.add_route('/identity', versions)
    app.add_route('/identity/v3', versions, suffix='v3')
    app.add_route('/identity/v3/auth/tokens', keystone.Tokens(identity, services))


def _add_nova(app: App, world: World) -> None:
    versions, servers, one = nova_shelf.Versions(), nova_servers.Servers(world), nova_servers.OneServer(world)
    running, actions = nova_migrations.ServerMigrations(world), nova_migrations.InstanceActions(world)
    hypervisors, services = nova_hosts.Hypervisors(world), nova_hosts.Services(world)
    aggregates, groups = nova_hosts.Aggregates(world), nova_shelf.Groups(world)
    flavors = nova_shelf.Flavors(world)
    app.add_route('/compute', versions)
    app.add_route(NOVA, versions, suffix='v21')
    for path, resource, suffix in (
            ('/servers', servers, None),
            ('/servers/detail', servers, 'detail'),
            ('/servers/{server}', one, None),
            ('/servers/{server}/action', nova_actions.ServerAction(world), None),
            ('/servers/{server}/migrations', running, None),
            ('/servers/{server}/migrations/{number}', running, 'one'),
            ('/servers/{server}/migrations/{number}/action', running, 'action'),
            ('/servers/{server}/os-instance-actions', actions, None),
            ('/servers/{server}/os-instance-actions/{request}', actions, 'one'),
            ('/os-migrations', nova_migrations.Migrations(world), None),
            ('/os-hypervisors', hypervisors, None),
            ('/os-hypervisors/detail', hypervisors, 'detail'),
            ('/os-hypervisors/{hypervisor}', hypervisors, 'one'),
            ('/os-services', services, None),
            ('/os-services/{service}', services, 'one'),
            ('/os-aggregates', aggregates, None),
            ('/os-aggregates/{aggregate}', aggregates, 'one'),
            ('/os-server-groups', groups, None),
            ('/os-server-groups/{group}', groups, 'one'),
            ('/flavors', flavors, None),
            ('/flavors/detail', flavors, 'detail'),
            ('/flavors/{flavor}', flavors, 'one'),
            ('/flavors/{flavor}/os-extra_specs', flavors, 'specs')):
        app.add_route(NOVA + path, resource, suffix=suffix)


def _add_placement(app: App, world: World) -> None:
    providers = placement.Providers(world)
    app.add_route('/placement', placement.Versions())
    app.add_route('/placement/resource_providers', providers)
    app.add_route('/placement/resource_providers/{provider}', providers, suffix='one')
    for part in ('inventories', 'usages', 'traits', 'aggregates', 'allocations'):
        app.add_route(f'/placement/resource_providers/{{provider}}/{part}', providers, suffix=part)
    app.add_route('/placement/allocations/{consumer}', placement.Allocations(world))
    app.add_route('/placement/allocation_candidates', placement_candidates.Candidates(world))


def _add_prometheus(app: App, world: World) -> None:
    for path in ('/prometheus', '/aetos'):
        app.add_route(f'{path}/api/v1/query', prometheus.Query(world))
        app.add_route(f'{path}/api/v1/query_range', prometheus.QueryRange(world))
        app.add_route(f'{path}/api/v1/targets', prometheus.Targets(world))
    app.add_route('/prometheus/-/ready', prometheus.Ready())


def _add_cinder(app: App, world: World) -> None:
    versions, volumes = cinder.Versions(), cinder.Volumes(world)
    app.add_route('/volume', versions)
    app.add_route(cinder.PREFIX, versions, suffix='v3')
    for path, resource, suffix in (
            ('/scheduler-stats/get_pools', cinder.Pools(world), None),
            ('/os-services', cinder.Services(world), None),
            ('/types', cinder.Types(world), None),
            ('/snapshots', volumes, 'snapshots'),
            ('/volumes/detail', volumes, 'detail'),
            ('/volumes/{volume}', volumes, 'one'),
            ('/volumes/{volume}/action', volumes, 'action'),
            ('/messages', cinder.Messages(world), None)):
        app.add_route(cinder.OF_PROJECT + path, resource, suffix=suffix)


def _add_ironic(app: App, world: World) -> None:
    versions, nodes = ironic.Versions(), ironic.Nodes(world)
    app.add_route('/baremetal', versions)
    app.add_route(ironic.PREFIX, versions, suffix='v1')
    app.add_route(ironic.PREFIX + '/nodes', nodes)
    app.add_route(ironic.PREFIX + '/nodes/detail', nodes, suffix='detail')
    app.add_route(ironic.PREFIX + '/nodes/{node}', nodes, suffix='one')
    app.add_route(ironic.PREFIX + '/nodes/{node}/states/power', nodes, suffix='power')


def _add_remote(app: App, world: World, identity: Identity) -> None:
    app.add_route('/sim/journal', remote.Happened(world))
    app.add_route('/sim/faults', remote.Breaking(world, identity))
    app.add_route('/sim/hosts/{host}/{state}', remote.HostPower(world))


def _refuse(req: falcon.Request, resp: falcon.Response, error: WatcherError, params: dict[str, str]) -> None:
    for kind, status in _HTTP:
        if isinstance(error, kind):
            raise status(description=str(error))
    raise error


def _serialize(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    title = HTTPStatus(error.status_code).phrase
    resp.content_type = falcon.MEDIA_JSON
    resp.data = json.dumps(error_body(
        req.path, error.status_code, title, error.description or title)).encode()
