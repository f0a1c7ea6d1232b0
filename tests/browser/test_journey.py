# SPDX-License-Identifier: Apache-2.0
"""The whole way through the console: the cloud, an audit, its plan, what is left out, what came of it."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

# A plan of some dozen emulated migrations, then its measurement.
ENDS_WITHIN = 120_000           # milliseconds
STRATEGY = 'vm_workload_consolidation'


def test_from_the_cloud_to_what_came_of_a_plan(tab):
    here = tab()
    here.go('/')
    hosts_in_use = _hosts_in_use(here.page)
    _look_at_a_host(here.page)
    _ask_for_an_audit(here.page)
    promised = _read_the_plan(here.page)
    left_out = _leave_a_move_out(here.page)
    _start_and_follow(here.page)
    assert f'{left_out} left out' in here.page.inner_text('main').lower().replace('actions are', '').replace(
        'action is', '').replace('  ', ' ')
    _see_what_came_of_it(here.page)
    here.go('/')
    assert promised <= _hosts_in_use(here.page) < hosts_in_use


def _hosts_in_use(page: Page) -> int:
    tile = page.locator('.tile', has_text='Hosts with servers')
    return int(re.search(r'\d+', tile.inner_text().replace('Hosts with servers', '')).group())


def _look_at_a_host(page: Page) -> None:
    page.locator('a[data-panel]').first.click()
    expect(page.get_by_role('table').first).to_be_visible()
    assert page.url.endswith('/dashboard/')


def _ask_for_an_audit(page: Page) -> None:
    page.get_by_role('link', name='Audits').click()
    page.get_by_role('link', name='New audit').first.click()
    page.get_by_role('link', name='VM Workload Consolidation Strategy').click()
    page.get_by_label('Name', exact=True).fill('tonight')
    page.get_by_role('button', name=re.compile('audit', re.IGNORECASE)).click()
    expect(page.get_by_role('heading', name='tonight')).to_be_visible()
    # The page follows the audit by itself.
    plan = page.locator('section', has=page.get_by_role('heading', name='Plans')).get_by_role('link').first
    plan.wait_for(timeout=ENDS_WITHIN)
    plan.click()


def _read_the_plan(page: Page) -> int:
    """How many hosts it promises to leave in use."""
    expect(page.get_by_role('heading', level=1)).to_contain_text('Frees')
    for heading in ('What the moves gain', 'Hosts before and after', 'Schedule'):
        expect(page.get_by_role('heading', name=heading)).to_be_visible()
    page.get_by_role('link', name='Step by step').click()
    page.get_by_role('link', name='Next').click()
    expect(page).to_have_url(re.compile('/steps/1$'))
    page.go_back()
    page.go_back()
    page.get_by_role('link', name='Why').last.click()
    expect(page.locator('main')).to_contain_text(re.compile('from|stay|node', re.IGNORECASE))
    page.go_back()
    tile = page.locator('.tile', has_text='Active nodes').inner_text()
    return int(re.search(r'→\s*(\d+)', tile).group(1))


def _leave_a_move_out(page: Page) -> int:
    """How many actions that comes to."""
    page.get_by_role('link', name='Choose moves').click()
    page.locator('input[name=skip]').first.check()
    page.get_by_role('button', name='Show what would become of it').click()
    title = page.get_by_role('heading', level=1).inner_text()
    page.get_by_label('Why').fill('the owner asked for it')
    page.get_by_role('button', name='Leave').click()
    expect(page.get_by_role('link', name='Start')).to_be_visible()
    return int(re.search(r'without (\d+)', title).group(1))


def _start_and_follow(page: Page) -> None:
    page.get_by_role('link', name='Start').click()
    page.get_by_role('button', name='Start the plan').click()
    expect(page.locator('.live')).to_be_visible()
    # It is looked at again and again without being asked, up to its end.
    expect(page.locator('.chip', has_text='Succeeded').first).to_be_visible(timeout=ENDS_WITHIN)
    expect(page.locator('[data-live]')).to_have_count(0, timeout=ENDS_WITHIN)


def _see_what_came_of_it(page: Page) -> None:
    measured = page.locator('section', has=page.get_by_role('heading', name='Promised and measured'))
    for _ in range(60):
        if 'unknown' not in measured.inner_text():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(measured).not_to_contain_text('unknown')
    page.get_by_role('link', name='History').click()
    expect(page.locator('main')).to_contain_text('consolidation')
