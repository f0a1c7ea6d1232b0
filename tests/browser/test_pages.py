# SPDX-License-Identifier: Apache-2.0
"""Every page can be used by all: in light and dark, on a desk and in the hand, with script and without."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import DESK, POCKET
from watcher_py.cmd.demo.client import Client
from watcher_py.cmd.demo.house import open_house
from watcher_py.core import document
from watcher_py.sim.generator import generate

pytestmark = pytest.mark.browser

PAGES = ('/', '/?by=aggregate&of=memory', '/plans', '/audits', '/audits/new', '/templates', '/strategies',
         '/history', '/what-if', '/rules', '/health', '/audits/new?strategy=vm_workload_consolidation',
         '/audits/new?strategy=zone_migration', '/strategies/workload_stabilization', '/plans/{plan}',
         '/plans/{plan}/steps/3', '/plans/{plan}/skip', '/plans/{plan}/skip?asked=yes&skip=5',
         '/plans/{plan}/start', '/plans/{plan}/why/{server}', '/audits/{audit}', '/hosts/{host}',
         '/servers/{server}')
# Of the shapes that a page is looked at in, the first is seen in both colours.
SHAPES = ((DESK, 'light'), (DESK, 'dark'), (POCKET, 'dark'))
MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script>&amp;"\''


@pytest.fixture(scope='module')
def filled(console):
    """The console, and what stands in the addresses of its pages."""
    client = Client(console.removesuffix('/dashboard'))
    template = client.create_template('pack', 'server_consolidation', 'vm_workload_consolidation')
    audit = client.wait_for_audit(client.create_audit(template, {}))
    plan = client.plan_of(audit['uuid'])
    move = next(each['input_parameters'] for each in plan['actions'] if each['action_type'] == 'migrate')
    return {'plan': plan['uuid'], 'audit': audit['uuid'], 'host': move['source_node'],
            'server': move['resource_id']}


@pytest.mark.parametrize('path', PAGES)
def test_a_page_can_be_used_by_all(tab, filled, path):
    for size, colours in SHAPES:
        here = tab(size, colours)
        here.go(path.format(**filled))
        expect(here.page.locator('h1')).to_have_count(1)
        here.page.wait_for_load_state('networkidle')
        assert here.faults() == [], (size, colours)
        assert not here.is_too_wide(), (size, colours)


def test_what_is_pressed_can_be_reached_by_keyboard(tab, filled):
    here = tab()
    here.go(f'/plans/{filled["plan"]}')
    reached = set()
    for _ in range(40):
        here.page.keyboard.press('Tab')
        reached.add(here.page.evaluate('document.activeElement.textContent.trim()'))
    assert {'Start…', 'Choose moves…', 'Report', 'Step by step'} <= reached


def test_all_but_what_is_live_works_without_script(tab, filled):
    here = tab(has_script=False)
    here.go('/')
    here.page.locator('a.host').first.click()
    expect(here.page.get_by_role('heading', level=1)).to_be_visible()
    here.go(f'/plans/{filled["plan"]}/skip')
    here.page.locator('input[name=skip]').first.check()
    here.page.get_by_role('button', name='Show what would become of it').click()
    expect(here.page.get_by_role('heading', level=1)).to_contain_text('The plan without')
    here.go('/what-if')
    here.page.locator('form button[type=submit]').first.click()
    expect(here.page.get_by_role('heading', level=1)).to_be_visible()


def test_no_page_lets_a_script_in_that_is_not_ours(tab, console, filled):
    for path in PAGES:
        answer = requests.get(console + path.format(**filled), timeout=30)
        policy = answer.headers['Content-Security-Policy']
        assert "script-src 'self'" in policy
        assert 'unsafe' not in policy
        assert 'style=' not in answer.text
        assert answer.text.count('<script') == answer.text.count('<script src=')


def test_a_report_asks_nobody_for_anything(tab, console, filled, tmp_path):
    report = requests.get(f'{console}/plans/{filled["plan"]}/report.html', timeout=30)
    assert 'attachment' in report.headers['Content-Disposition']
    (tmp_path / 'report.html').write_text(report.text)
    here = tab(root=tmp_path.as_uri())
    here.page.goto(f'{tmp_path.as_uri()}/report.html')
    expect(here.page.locator('svg').first).to_be_visible()
    # It came from a file, not from a host.
    here.trouble[:] = [each for each in here.trouble if not each.startswith('asked file:')]


def test_names_full_of_markup_are_shown_as_text(tab, chromium):
    doc = generate(hosts=4, servers=12, seed=3)
    for row in (*doc['instances'], *doc['server_groups']):
        row['name'] += MARKUP
    doc['hosts'][-1] |= {'status': 'disabled', 'disabled_reason': MARKUP}
    with open_house(document.read(doc), 0) as house:
        client, root = Client(house.url), f'{house.url}/dashboard'
        strategy = next(row for row in client.strategies() if row['name'] == 'vm_workload_consolidation')
        made = requests.post(f'{house.url}/v1/audits', timeout=60, json={
            'name': MARKUP[:60], 'goal': strategy['goal_uuid'], 'strategy': strategy['uuid'],
            'audit_type': 'ONESHOT'})
        audit = client.wait_for_audit(made.json()['uuid'])
        plan = client.plan_of(audit['uuid'])
        server = doc['instances'][0]['id']
        at_plan, host = f'/plans/{plan["uuid"]}', doc['hosts'][-1]['name']
        for path in ('/', '/rules', '/audits', f'/audits/{audit["uuid"]}', f'/servers/{server}',
                     f'/hosts/{host}', at_plan, f'{at_plan}/skip', f'{at_plan}/steps/1',
                     f'{at_plan}/why/{server}'):
            here = tab(root=root)
            here.page.on('dialog', lambda said, here=here: here.trouble.append(f'said {said.message}'))
            here.go(path)
            expect(here.page.locator('img[src=x]')).to_have_count(0)
        here.go(f'/servers/{server}')
        expect(here.page.get_by_role('heading', level=1)).to_contain_text(MARKUP)
