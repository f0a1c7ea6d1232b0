# SPDX-License-Identifier: Apache-2.0
"""A plan is started, cancelled or archived: asked for on a page first."""


def test_an_archived_plan_is_gone_from_the_list(visitor, plan):
    page = visitor.send(visitor.get(f'/plans/{plan}/archive'), '/archive')
    assert page.path == '/dashboard/plans'
    assert f'/dashboard/plans/{plan}' not in page.links


def test_how_it_is_carried_out_must_be_a_number(visitor, client, plan):
    answer = visitor.send(visitor.get(f'/plans/{plan}/start'), '/start', parallel='many')
    assert answer.status == 400
    assert client.explained(plan)['state'] == 'RECOMMENDED'


def test_a_plan_is_asked_for_then_started_and_tells_how_it_went(visitor, client, plan):
    asked = visitor.get(f'/plans/{plan}/start')
    assert 'Frees 2 of 3 hosts' in asked.text
    started = visitor.send(asked, '/start', on_failure='go-on', parallel='2')
    assert started.path == f'/dashboard/plans/{plan}'
    assert client.explained(plan)['execution'] == {'on_failure': 'go-on', 'parallel': 2}
    *_, last = client.follow(plan)
    assert last['state'] == 'SUCCEEDED'

    fragment = visitor.get(f'/plans/{plan}/progress')
    assert fragment.headers['X-Live'] == 'end'
    assert '<html' not in fragment.html
    count = len(last['actions'])
    assert f'{count} of {count} actions have ended' in fragment.text
    page = visitor.get(f'/plans/{plan}')
    assert 'Promised and measured' in page.text
    assert 'Compute nodes that the plan empties 2' in page.text
    assert 'data-live' not in page.html
    assert 'Start…' not in page.text
