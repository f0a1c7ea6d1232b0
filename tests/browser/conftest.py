# SPDX-License-Identifier: Apache-2.0
"""A real Chromium that looks at the console of an emulated cloud, and tells of what goes wrong there."""

import contextlib
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from watcher_py.cmd.demo.house import open_house
from watcher_py.core import document
from watcher_py.sim.generator import generate

DESK, POCKET = {'width': 1280, 'height': 900}, {'width': 390, 'height': 844}
# Without these it asks hosts of its maker for news.
ALONE = ('--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--no-first-run', '--disable-quic')


@dataclass
class Tab:
    """A page of the browser, at one console; `trouble` is what its visitors would never see."""

    page: Page
    root: str
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        here = urlsplit(self.root).netloc
        self.page.on('console', lambda said: said.type in ('error', 'warning')
                     and self.trouble.append(said.text))
        self.page.on('pageerror', lambda error: self.trouble.append(str(error)))
        self.page.on('request', lambda asked: urlsplit(asked.url).netloc != here
                     and not asked.url.startswith('data:') and self.trouble.append(f'asked {asked.url}'))

    def go(self, path: str) -> None:
        answer = self.page.goto(self.root + path)
        assert answer is not None
        assert answer.ok, f'{path}: {answer.status} {self.page.inner_text("main")}'

    def faults(self) -> list[str]:
        """What keeps people from using the page, as axe-core finds it."""
        found = Axe().run(self.page).response['violations']
        return [f'{each["id"]}: {each["help"]}: {node["html"]}' for each in found
                if each['impact'] in ('serious', 'critical') for node in each['nodes']]

    def is_too_wide(self) -> bool:
        """Whether the page as a whole must be pushed aside to be read."""
        return self.page.evaluate('document.documentElement.scrollWidth > window.innerWidth')


@pytest.fixture(scope='session')
def chromium():
    if not (program := shutil.which('chromium')):
        pytest.fail('there is no chromium: install the package of this name')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ALONE))
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def console():
    """The address of the console of a small cloud that nobody else uses."""
    with open_house(document.read(generate(hosts=12, servers=80, seed=3)), 0) as house:
        yield f'{house.url}/dashboard'


@pytest.fixture
def tab(chromium: Browser, console: str):
    """Opens tabs of any size and colours, with or without script; in the end there must be no trouble."""
    with contextlib.ExitStack() as stack:
        tabs = []

        def open_tab(size=DESK, colours='light', has_script=True, root=console):
            context = chromium.new_context(viewport=size, color_scheme=colours,
                                           java_script_enabled=has_script)
            stack.callback(context.close)
            tabs.append(Tab(context.new_page(), root))
            return tabs[-1]

        yield open_tab
        for each in tabs:
            assert each.trouble == []
