# SPDX-License-Identifier: Apache-2.0
"""What a GET of a long collection costs the API: CPU time, SQL statements, and the rows it answers with.

    python benchmarks/api.py [--audits 10000] [--actions 5000] [--budget 3] [--json FILE]

Requests are calls of the WSGI application in this process, on SQLite, with authentication off. CPU time is
the median of as many requests as fit the budget, which is seconds of CPU time for each path.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from falcon.testing import create_environ
from oslo_config.cfg import ConfigOpts
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from watcher_py import conf as options
from watcher_py.api.app import make_app
from watcher_py.bus import rpc
from watcher_py.cmd.mounting import with_console
from watcher_py.db import schema
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.session import Sessions, connect_url, engine_of
from watcher_py.db.store import Store

LEAST_REQUESTS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--audits', type=int, default=10_000)
    parser.add_argument('--actions', type=int, default=5_000)
    parser.add_argument('--budget', type=float, default=3)
    parser.add_argument('--json', type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sessions = connect_url(f'sqlite:///{folder}/api.sqlite')
        schema.create_schema(sessions)
        plan = fill(sessions, given.audits, given.actions)
        api = Api(sessions, Path(folder))
        figures = [api.cost(path, given.budget) for path in paths(plan)]
        figures += [api.walk(f'/v1/{place}?limit={limit}&action_plan_uuid={plan}')
                    for place, limit in (('actions', 100), ('actions/detail', 1000))]
    show(figures)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))


def paths(plan: str) -> Iterator[str]:
    yield from ('/v1/audits?limit=100', '/v1/audits/detail', '/v1/audits/detail?limit=100')
    for place in ('actions', 'actions/detail'):
        yield f'/v1/{place}?action_plan_uuid={plan}'
    yield f'/v1/actions?limit=100&action_plan_uuid={plan}'


def fill(sessions: Sessions, audits: int, actions: int) -> str:
    """Rows as a cloud of some years has them; the uuid of the plan that has the actions."""
    plan, uuids = str(uuid4()), [str(uuid4()) for _ in range(actions)]
    with sessions.begin() as session:
        session.add_all(Goal(id=n, name=f'goal{n}', display_name=f'Goal {n}') for n in range(1, 11))
        session.flush()
        session.add_all(Strategy(id=n, name=f'strategy{n}', display_name=f'Strategy {n}', goal_id=n % 10 + 1)
                        for n in range(1, 17))
        session.flush()
        session.add_all(audit(n) for n in range(1, audits + 1))
        session.flush()
        session.add(ActionPlan(id=1, uuid=plan, audit_id=1, strategy_id=1, state='RECOMMENDED'))
        session.flush()
        session.add_all(action(n, uuids) for n in range(actions))
    return plan


def audit(number: int) -> Audit:
    return Audit(
        name=f'audit-{number:06}', audit_type='ONESHOT', state='SUCCEEDED', hostname='ctl1',
        parameters={'period': 3600, 'granularity': 300}, goal_id=number % 10 + 1, strategy_id=number % 16 + 1)


def action(number: int, uuids: list[str]) -> Action:
    parameters = {'migration_type': 'live', 'resource_id': str(uuid4()), 'resource_name': f'vm{number:06}',
                  'source_node': f'cmp{number % 500:05}', 'destination_node': f'cmp{number % 400:05}'}
    return Action(uuid=uuids[number], action_plan_id=1, action_type='migrate', state='PENDING',
                  input_parameters=parameters, parents=uuids[max(number - 1, 0):number])


class Api:
    """The application, and what its answers cost."""

    def __init__(self, sessions: Sessions, folder: Path) -> None:
        self._app = application(sessions, folder)
        self._statements = 0
        event.listen(engine_of(sessions), 'before_cursor_execute', self._count)

    def cost(self, path: str, budget: float) -> dict[str, Any]:
        """What one such request costs, once the caches are warm."""
        body = json.loads(self._get(path))
        before, spent = self._statements, []
        while len(spent) < LEAST_REQUESTS or sum(spent) < budget:
            begin = time.process_time()
            self._get(path)
            spent.append(time.process_time() - begin)
        return {'path': path, 'rows': len(rows(body)), 'pages': 1, 'requests': len(spent),
                'cpu_ms': round(statistics.median(spent) * 1000, 1),
                'statements': (self._statements - before) / len(spent)}

    def walk(self, path: str) -> dict[str, Any]:
        """What all pages together cost, from this one on."""
        begin, before, following, found, pages = time.process_time(), self._statements, path, 0, 0
        while following:
            body = json.loads(self._get(following))
            found, pages, following = found + len(rows(body)), pages + 1, body.get('next')
        return {'path': path, 'rows': found, 'pages': pages, 'requests': pages,
                'cpu_ms': round((time.process_time() - begin) * 1000, 1),
                'statements': self._statements - before}

    def _get(self, path: str) -> bytes:
        place, _, query = path[path.index('/v1/'):].partition('?')
        statuses: list[str] = []
        environ = create_environ(place, query, headers={'OpenStack-API-Version': 'infra-optim latest'})
        answer = b''.join(self._app(environ, lambda status, headers, fault=None: statuses.append(status)))
        if statuses != ['200 OK']:
            raise SystemExit(f'{path}: {statuses} {answer!r}')
        return answer

    def _count(self, connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        self._statements += statement != 'BEGIN'


def application(sessions: Sessions, folder: Path) -> Any:
    """API and console."""
    file = folder / 'watcher.conf'
    file.write_text('[DEFAULT]\ntransport_url = fake://\nenable_authentication = False\n')
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)], project='watcher')
    bus = rpc.connect(conf)
    api = make_app(Store(sessions), rpc.EngineClient(bus, conf), rpc.ApplierClient(bus, conf), conf)
    return with_console(api, conf)


def rows(body: dict[str, Any]) -> list[Any]:
    return next(value for value in body.values() if isinstance(value, list))


def show(costs: list[dict[str, Any]]) -> None:
    table = Table('path', 'rows', 'pages', 'CPU ms', 'SQL statements')
    for each in costs:
        figures = (each[name] for name in ('rows', 'pages', 'cpu_ms', 'statements'))
        table.add_row(each['path'], *(f'{figure:g}' for figure in figures))
    Console(width=150).print(table)


if __name__ == '__main__':
    main()
