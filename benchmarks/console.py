# SPDX-License-Identifier: Apache-2.0
"""What the first page of a large cloud costs in a real Chromium, and viewers of a running plan the API.

    python benchmarks/console.py [--hosts 1000] [--servers 10000] [--actions 5000] [--json FILE]

Times are milliseconds as the browser tells them, the median of some loads: until the page is painted first,
until its parts are there, from a click on a host until its servers are shown. Bytes are those on the wire.
Services, emulated cloud and browser share the machine. A viewer asks for a fragment of the page every two
seconds: its CPU time in API and console, of ten viewers, as a share of a core. Needs Debian's chromium.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from api import application, fill
from falcon.testing import create_environ
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table
from sqlalchemy import update

from watcher_py.cmd.demo.house import open_house
from watcher_py.core import document
from watcher_py.db import schema
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.session import Sessions, connect_url
from watcher_py.sim.generator import generate

LOADS = 7
VIEWERS, EVERY = 10, 2.0        # seconds
QUESTIONS = 200
ALONE = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--no-first-run']


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hosts', type=int, default=1_000)
    parser.add_argument('--servers', type=int, default=10_000)
    parser.add_argument('--actions', type=int, default=5_000)
    parser.add_argument('--json', type=Path)
    given = parser.parse_args()
    figures = {**_views(given.hosts, given.servers), **_viewers(given.actions)}
    table = Table('what', 'figure', box=None)
    for name, value in figures.items():
        table.add_row(name.replace('_', ' '), f'{value:,.1f}')
    Console().print(table)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))


def _views(hosts: int, servers: int) -> dict[str, float]:
    snapshot = document.read(generate(hosts=hosts, servers=servers, seed=1))
    with open_house(snapshot, 0) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which('chromium'), args=ALONE)
        try:
            # The cloud is read for the first time, which the page waits for; not what is measured.
            _load(browser, f'{house.url}/dashboard/')
            loads = [_load(browser, f'{house.url}/dashboard/') for _ in range(LOADS)]
        finally:
            browser.close()
    return {name: statistics.median(each[name] for each in loads) for name in loads[0]}


def _load(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context(viewport={'width': 1280, 'height': 900})
    page = context.new_page()
    page.goto(url)
    page.locator('a.host').first.wait_for()
    page.wait_for_load_state('networkidle')
    times = page.evaluate("""() => {
        const of = kind => performance.getEntriesByType(kind);
        const asked = [...of('navigation'), ...of('resource')];
        return {painted: of('paint').find(each => each.name === 'first-contentful-paint').startTime,
                there: Math.max(...asked.map(each => each.responseEnd)),
                bytes: asked.reduce((sum, each) => sum + each.transferSize, 0)};
    }""")
    click = page.evaluate("""() => new Promise(done => {
        const link = document.querySelector('a.host'), panel = document.querySelector(link.dataset.panel);
        const begun = performance.now();
        new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - begun)))
            .observe(panel, {childList: true});
        link.click();
    })""")
    context.close()
    return {'first_paint_ms': times['painted'], 'all_there_ms': times['there'], 'click_on_a_host_ms': click,
            'kilobytes_on_the_wire': times['bytes'] / 1000}


def _viewers(actions: int) -> dict[str, float]:
    """Of a plan half of which is done."""
    with tempfile.TemporaryDirectory() as folder:
        sessions = connect_url(f'sqlite:///{folder}/console.sqlite')
        schema.create_schema(sessions)
        plan = fill(sessions, 100, actions)
        _half_done(sessions, actions)
        app, path = application(sessions, Path(folder)), f'/dashboard/plans/{plan}/progress'
        _ask(app, path)
        begun = time.process_time()
        for _ in range(QUESTIONS):
            _ask(app, path)
        seconds = (time.process_time() - begun) / QUESTIONS
    return {'fragment_of_a_running_plan_cpu_ms': 1000 * seconds,
            'ten_viewers_percent_of_a_core': 100 * seconds * VIEWERS / EVERY}


def _half_done(sessions: Sessions, actions: int) -> None:
    begun = now() - timedelta(minutes=20)
    with sessions.begin() as session:
        session.execute(update(ActionPlan).values(state='ONGOING'))
        session.execute(update(Action).where(Action.id <= actions // 2).values(
            state='SUCCEEDED', begun_at=begun, ended_at=begun + timedelta(minutes=1)))
        session.execute(update(Action).where(Action.id > actions // 2, Action.id <= actions // 2 + 16).values(
            state='ONGOING', begun_at=begun + timedelta(minutes=19)))


def _ask(app: Any, path: str) -> None:
    statuses: list[str] = []
    environ = create_environ(path, headers={'Accept-Encoding': 'gzip', 'X-Fragment': '1'})
    b''.join(app(environ, lambda status, headers, fault=None: statuses.append(status)))
    if statuses != ['200 OK']:
        raise SystemExit(f'{path}: {statuses}')


if __name__ == '__main__':
    main()
