# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from watcher_py.dashboard.pictures.svg import element, percent

# What XML can hold at all.
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=['Cs'], exclude_characters='\ufffe\uffff'))


@given(TEXTS)
def test_any_text_comes_back_as_it_was_and_never_as_markup(text):
    read = ElementTree.fromstring(element('text', text, element('title', text), class_=text))
    assert (read.text or '') + (read.tail or '') == text
    assert read.get('class') == text
    assert (read[0].text or '') == text


def test_elements_stand_in_each_other():
    assert element('g', [element('rect', x=1), element('rect', x=2)]) == '<g><rect x="1"/><rect x="2"/></g>'


def test_names_are_written_as_svg_has_them_and_what_is_none_is_not_written():
    assert element('line', stroke_width=2, class_='axis', viewBox='0', y=None) == (
        '<line stroke-width="2" class="axis" viewBox="0"/>')


def test_numbers_are_short():
    assert element('rect', x=0.1 + 0.2, y=2.0) == '<rect x="0.3" y="2"/>'
    assert percent(1 / 3) == '33.33%'


def test_it_is_markup_that_templates_leave_alone():
    assert isinstance(element('g'), Markup)
