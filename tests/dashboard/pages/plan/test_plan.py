# SPDX-License-Identifier: Apache-2.0
"""What the pages of a plan say, as somebody without JavaScript reads them."""

import re

import pytest

from tests.dashboard.pages.conftest import MARKUP, SERVERS


def test_a_plan_tells_what_it_does_and_what_it_costs(visitor, plan):
    page = visitor.get(f'/plans/{plan}')
    assert page.status == 200
    assert re.search('Frees 2 of 3 hosts by moving 3 servers with [0-9.]+ GB of memory in about', page.text)
    assert 'Recommended' in page.text
    assert 'No plan can do better: it is proven that none gets below 1 (active nodes).' in page.text


def test_hosts_are_told_before_and_after(visitor, plan):
    text = visitor.get(f'/plans/{plan}').text
    assert '3 hosts change; the largest changes first' in text
    assert re.search('a az-1 emptied 1 → then 0', text)
    assert re.search('c az-1 1 → then 4', text)


def test_moves_are_sentences_with_their_reasons(visitor, plan):
    page = visitor.get(f'/plans/{plan}')
    assert 'db moves from b to c, while it runs empties b' in page.text
    assert 'a is closed to new servers' in page.text
    assert f'/dashboard/plans/{plan}/why/{SERVERS[1]}' in page.links


def test_what_stays_is_told_by_name_with_its_reason(visitor, plan):
    page = visitor.get(f'/plans/{plan}')
    assert 'it is locked pinned' in page.text
    assert f'/dashboard/plans/{plan}/why/{SERVERS[3]}' in page.links


@pytest.mark.parametrize('path', ['', '/skip', '/skip?keep=1', '/start', '/steps/2', '/report.html',
                                  f'/why/{SERVERS[0]}', '/cancel', '/archive'])
def test_names_full_of_markup_are_text(visitor, plan, path):
    page = visitor.get(f'/plans/{plan}{path}')
    assert page.status == 200
    assert MARKUP not in page.html
    assert len(page.ids) == len(set(page.ids))


def test_the_list_has_the_newest_plan_first(visitor, plan):
    page = visitor.get('/plans')
    assert next(link for link in page.links if '/plans/' in link) == f'/dashboard/plans/{plan}'
    assert 'Frees 2 of 3 hosts Moving 3 servers' in page.text


def test_the_list_can_be_of_one_audit_alone(visitor, client, plan):
    audit = next(link for link in visitor.get(f'/plans/{plan}').links if '/audits/' in link).rsplit('/')[-1]
    links = visitor.get('/plans', audit=audit).links
    assert [link for link in links if re.fullmatch(r'/dashboard/plans/[0-9a-f-]+', link)] == [
        f'/dashboard/plans/{plan}']


def test_a_plan_that_is_none_is_not_found(visitor):
    assert visitor.get(f'/plans/{SERVERS[0]}').status == 404
    assert visitor.get('/plans/nobody').status in (400, 404)


def test_why_tells_where_else_a_server_could_go(visitor, plan):
    page = visitor.get(f'/plans/{plan}/why/{SERVERS[1]}')
    assert 'db moves from b to c' in page.text
    assert 'Without the move As planned active nodes 2 1' in page.text
    assert 'What the plan does with it' in page.text


def test_why_tells_what_keeps_a_server(visitor, plan):
    assert 'pinned stays it is locked' in visitor.get(f'/plans/{plan}/why/{SERVERS[3]}').text


def test_each_step_shows_the_hosts_after_it(visitor, client, plan):
    count = len(client.explained(plan)['actions'])
    assert 'No host changes' in visitor.get(f'/plans/{plan}/steps/0').text
    last = visitor.get(f'/plans/{plan}/steps/{count}')
    assert f'After {count} steps of {count}' in last.text
    assert '3 hosts change' in last.text
    assert f'/dashboard/plans/{plan}/steps/{count - 1}' in last.links
    assert f'/dashboard/plans/{plan}/steps/{count + 1}' not in last.links
    assert visitor.get(f'/plans/{plan}/steps/{count + 1}').status == 404


def test_the_form_of_the_steps_leads_to_one(visitor, plan):
    assert visitor.get(f'/plans/{plan}/steps', n=2).path == f'/dashboard/plans/{plan}/steps/2'
    assert visitor.get(f'/plans/{plan}/steps', n='x').status == 400


def test_a_report_needs_nothing_but_itself(visitor, plan):
    page = visitor.get(f'/plans/{plan}/report.html')
    assert page.headers['Content-Disposition'].startswith('attachment')
    assert 'Frees 2 of 3 hosts' in page.text
    assert 'db moves from b to c' in page.text
    assert '<style>' in page.html
    assert not page.links
    assert not re.search('(src|href|url\\()', page.html)
    assert '<script' not in page.html
