# SPDX-License-Identifier: Apache-2.0
"""Take the pictures of the console anew, in a real Chromium: python doc/shoot_console.py

Needs the extra `browser` and Debian's chromium.
"""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from watcher_py.cmd.demo.client import Client
from watcher_py.cmd.demo.house import open_house
from watcher_py.core import document
from watcher_py.sim.generator import generate

FOLDER = Path(__file__).parent / 'source' / 'images' / 'console'
DESK, POCKET = {'width': 1280, 'height': 860}, {'width': 390, 'height': 844}
STRATEGY = 'vm_workload_consolidation'


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    snapshot = document.read(generate(hosts=40, servers=400, seed=1))
    with open_house(snapshot, 0) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which('chromium'), args=['--no-sandbox'])
        client, root = Client(house.url), f'{house.url}/dashboard'
        shoot(browser, root, 'cloud')
        audit = client.create_audit(client.create_template('pack', 'server_consolidation', STRATEGY), {})
        plan = client.plan_of(client.wait_for_audit(audit)['uuid'])
        at_plan = f'{root}/plans/{plan["uuid"]}'
        shoot(browser, at_plan, 'plan')
        shoot(browser, at_plan, 'before-and-after', to='#hosts')
        shoot(browser, f'{at_plan}/skip?keep=60', 'choice')
        shoot(browser, f'{root}/audits/new?strategy={STRATEGY}', 'new-audit')
        shoot(browser, f'{root}/health', 'health')
        client.start(plan['uuid'])
        shoot(browser, at_plan, 'running', colours='dark')
        list(client.follow(plan['uuid']))
        shoot(browser, at_plan, 'schedule', to='#schedule', colours='dark')
        shoot(browser, root + '/', 'pocket', size=POCKET, colours='dark')
        browser.close()


def shoot(browser: Browser, address: str, name: str, to: str = '', size: dict[str, int] = DESK,
          colours: str = 'light') -> None:
    """A picture of what the window shows, from the element `to` on."""
    context = browser.new_context(viewport=size, color_scheme=colours)
    page: Page = context.new_page()
    page.goto(address)
    page.wait_for_load_state('networkidle')
    if to:
        page.locator(to).evaluate('place => place.closest("section").scrollIntoView()')
    page.screenshot(path=FOLDER / f'{name}.png')
    context.close()


if __name__ == '__main__':
    main()
