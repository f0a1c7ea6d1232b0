# SPDX-License-Identifier: Apache-2.0
"""What is not to be carried out of a plan is chosen, looked at, and left out."""


def test_leaving_a_move_out_shows_what_falls_with_it_before_it_is_done(visitor, client, plan):
    action = next(each for each in client.explained(plan)['actions']
                  if each['input_parameters']['resource_name'] == 'db')
    number = client.explained(plan)['actions'].index(action) + 1
    preview = visitor.get(f'/plans/{plan}/skip', skip=number)
    assert 'The plan without 2 actions' in preview.text
    assert 'Active nodes 2 1 as planned, 3 now' in preview.text
    assert '1 action falls with them' in preview.text
    assert 'b is closed to new servers' in preview.text
    assert {each['state'] for each in client.explained(plan)['actions']} == {'PENDING'}

    page = visitor.send(preview, '/skip', reason='not today')
    assert page.path == f'/dashboard/plans/{plan}'
    assert '2 actions are left out of this plan' in page.text
    assert 'Active nodes in the end: 2.' in page.text
    skipped = [each for each in client.explained(plan)['actions'] if each['state'] == 'SKIPPED']
    assert len(skipped) == 2
    assert all('not today' in each['status_message'] for each in skipped)


def test_only_the_best_moves_can_be_kept(visitor, client, plan):
    visitor.send(visitor.get(f'/plans/{plan}/skip', keep=1), '/skip')
    assert sorted(action['state'] for action in client.explained(plan)['actions']
                  if action['action_type'] == 'migrate') == ['PENDING', 'SKIPPED', 'SKIPPED']


def test_nothing_ticked_is_said(visitor, plan):
    assert 'Nothing was ticked' in visitor.get(f'/plans/{plan}/skip', asked='yes').text
    assert visitor.get(f'/plans/{plan}/skip', skip='99').status == 400


def test_a_plan_that_was_cancelled_meanwhile_is_not_changed_any_more(visitor, plan):
    preview = visitor.get(f'/plans/{plan}/skip', keep=1)
    cancelled = visitor.send(visitor.get(f'/plans/{plan}/cancel'), '/cancel')
    assert 'Cancelled' in cancelled.text
    late = visitor.send(preview, '/skip')
    assert late.status == 409
    assert 'before its plan runs; the plan is CANCELLED' in late.text
    assert 'can\'t be started any more' in visitor.get(f'/plans/{plan}/start').text
