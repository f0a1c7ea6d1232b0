# SPDX-License-Identifier: Apache-2.0
"""A context crosses the bus as plain values."""

import json

from oslo_context.context import get_current

from watcher_py.bus.context import RequestContext, admin_context, from_message, to_message


def test_a_message_holds_no_token() -> None:
    message = to_message(RequestContext(auth_token='secret', user_id='ann', overwrite=False))
    assert 'secret' not in json.dumps(message)


def test_a_context_comes_back_as_it_was() -> None:
    context = RequestContext(user_id='ann', project_id='p', roles=['reader'], overwrite=False)
    again = from_message(to_message(context))
    assert again.to_dict() == context.to_dict()


def test_a_service_acts_as_admin() -> None:
    assert admin_context().is_admin


def test_making_a_context_leaves_the_threads_own_alone() -> None:
    before = get_current()
    from_message(to_message(admin_context()))
    assert get_current() is before
