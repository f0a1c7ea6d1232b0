# SPDX-License-Identifier: Apache-2.0
"""What a form is filled in with is what is read from it, whatever the schema."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher_py import plugins
from watcher_py.dashboard.forms.fields import Kind, defaults, fields
from watcher_py.dashboard.forms.reading import read
from watcher_py.dashboard.forms.texts import texts

# Of parameters: a dot leads into one.
NAMES = st.from_regex(r'\w{1,4}', fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=('Cs', 'Cc')), min_size=1, max_size=12)
JSON = st.recursive(
    st.booleans() | st.integers(-10 ** 9, 10 ** 9) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6)
NUMBERS = st.integers(-10 ** 9, 10 ** 9) | st.floats(allow_nan=False, allow_infinity=False)


ITEMS = (('string', st.text(st.characters(exclude_categories=('Cs',)))), ('number', NUMBERS),
         ('integer', st.integers(-9, 9)))
SENT = st.lists(st.text(max_size=8), max_size=2)
SIMPLE = ('number', 'integer', 'boolean', 'string', 'enum', 'list', 'several', 'other')
KINDS = (*SIMPLE, 'object')


@st.composite
def properties(draw, kinds=KINDS):
    """A property's schema, and a value that it allows."""
    kind = draw(st.sampled_from(kinds))
    match kind:
        case 'object':
            parts = draw(st.dictionaries(NAMES, properties(SIMPLE), min_size=1, max_size=3))
            value = {part: inner for part, (_, inner) in parts.items()}
            spec = {'type': 'object', 'properties': {part: inner for part, (inner, _) in parts.items()}}
            return {**spec, **({'default': value} if draw(st.booleans()) else {})}, value
        case 'number' | 'integer':
            value = draw(NUMBERS if kind == 'number' else st.integers(-10 ** 9, 10 ** 9))
            return {'type': kind, 'minimum': value - draw(st.integers(0, 9)), 'maximum': value}, value
        case 'boolean':
            return {'type': 'boolean', 'default': draw(st.booleans())}, draw(st.booleans())
        case 'string':
            return {'type': 'string'}, draw(WORDS)
        case 'enum' | 'several':
            choices = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
            if kind == 'enum':
                return {'enum': choices}, draw(st.sampled_from(choices))
            chosen = [each for each in choices if draw(st.booleans())]
            return {'type': 'array', 'items': {'enum': choices}, 'default': choices}, chosen
        case 'list':
            item, values = draw(st.sampled_from(ITEMS))
            return {'type': 'array', 'items': {'type': item}}, draw(st.lists(values, max_size=4))
        case _:
            return {}, draw(JSON)


@example({'blank': ({'enum': [' ']}, ' ')})
@given(st.dictionaries(NAMES, properties(), max_size=6))
def test_a_form_brings_back_the_parameters_that_it_was_filled_in_with(drawn):
    schema = {'properties': {name: spec for name, (spec, _) in drawn.items()}}
    values = {name: value for name, (_, value) in drawn.items()}
    form = fields(schema)
    found = read(form, texts(form, values))
    assert found.faults == {}
    assert found.values == values


@given(st.dictionaries(NAMES, st.tuples(properties(), SENT), max_size=4))
def test_whatever_is_sent_is_read_or_told_of(drawn):
    form = fields({'properties': {name: spec for name, ((spec, _), _) in drawn.items()}})
    sent = {each.name: drawn[each.path[0]][1] for each in form}
    found = read(form, sent)
    sound = [each for each in form if each.name not in found.faults]
    again = read(sound, texts(sound, found.values))
    assert again.faults == {}
    assert again.values == found.values


@pytest.mark.parametrize('name', sorted(plugins.strategies()))
def test_every_strategy_has_a_form_that_brings_back_its_defaults(name):
    schema = plugins.strategies()[name].parameters
    form, given = fields(schema), defaults(schema)
    found = read(form, texts(form, given))
    assert found.faults.keys() <= {each.name for each in form if each.is_required}
    assert {name: found.values[name] for name in given} == given


def test_what_is_needed_comes_first_and_is_asked_for():
    form = fields({'properties': {'a': {'type': 'string'}, 'b': {'type': 'number'}}, 'required': ['b']})
    assert [each.name for each in form] == ['b', 'a']
    assert read(form, {'a': [''], 'b': [' ']}).faults == {'b': 'This is needed.'}


@pytest.mark.parametrize(('spec', 'kind'), [
    ({'type': 'integer'}, Kind.INTEGER), ({'type': 'boolean', 'default': True}, Kind.FLAG),
    ({'type': 'boolean'}, Kind.CHOICE), ({'type': 'string', 'choice': ['a', 'b']}, Kind.CHOICE),
    ({'type': 'array', 'items': {'type': 'string'}}, Kind.LIST),
    ({'type': 'array', 'items': {'type': 'string', 'enum': ['a']}}, Kind.CHOICES),
    ({'type': 'array', 'items': {'type': 'object'}}, Kind.JSON), ({'type': 'object'}, Kind.JSON),
    ({'type': 'object', 'properties': {'a': {'type': 'object'}}}, Kind.JSON),
    ({'type': 'object', 'properties': {'a': {'type': 'string'}}, 'oneOf': []}, Kind.JSON),
    ({'type': 'object', 'properties': {'a': {'type': 'string'}}, 'default': {'b': 'c'}}, Kind.JSON),
    ({'type': ['string', 'null']}, Kind.JSON), ({}, Kind.JSON)])
def test_each_type_has_its_control(spec, kind):
    assert fields({'properties': {'x': spec}})[0].kind is kind


@pytest.mark.parametrize(('spec', 'sent', 'fault'), [
    ({'type': 'number'}, 'many', "'many' is not a number."),
    ({'type': 'number'}, 'inf', "'inf' is not a number that can be used."),
    ({'type': 'number', 'minimum': 0.5}, '0.25', 'The least is 0.5.'),
    ({'type': 'number', 'maximum': 9}, '10', 'The most is 9.'),
    ({'type': 'integer'}, '1.5', '1.5 is not a whole number.'),
    ({'enum': ['a', 'b']}, 'c', "'c' is not among the choices."),
    ({'type': 'array', 'items': {'type': 'number'}}, '1\r\ntwo', "'two' is not a number."),
    ({'type': 'object'}, '{"a": NaN}', 'This is not JSON: NaN is not JSON.'),
    ({'type': 'object'}, '[' * 5000, None), ({'type': 'object'}, '{', None)])
def test_what_can_not_be_is_told_at_its_field(spec, sent, fault):
    found = read(fields({'properties': {'x': spec}}), {'x': [sent]})
    assert found.values == {}
    assert found.faults['x'] == fault if fault else found.faults['x'].startswith('This is not JSON: ')


def test_an_object_of_plain_parts_has_a_control_for_each():
    spec = {'type': 'object', 'description': 'Seconds', 'default': {'node': ''}, 'properties': {
        'server': {'type': 'integer', 'description': 'Of servers', 'default': 9}, 'node': {'type': 'string'}}}
    server, node = fields({'properties': {'periods': spec}})
    assert [each.name for each in (server, node)] == ['periods.server', 'periods.node']
    assert [each.description for each in (server, node)] == ['Of servers', 'Seconds']
    assert [each.default for each in (server, node)] == [None, '']
    assert read([server, node], {'periods.server': ['7'], 'periods.node': ['']}).values == {
        'periods': {'server': 7, 'node': ''}}


def test_json_is_outlined():
    spec = {'type': 'array', 'items': {'type': 'object', 'required': ['src'], 'properties': {
        'src': {'type': 'string'}, 'how': {'enum': ['live', 'cold']}, 'sizes': {'type': 'array'}}}}
    assert fields({'properties': {'x': spec}})[0].shape == (
        '[{"src": string, "how"?: "live" | "cold", "sizes"?: [any, …]}, …]')
