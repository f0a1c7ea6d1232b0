# SPDX-License-Identifier: Apache-2.0
"""The pages of the strategies say what the strategies do."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from watcher_py import plugins
from watcher_py.cmd import plan
from watcher_py.core.strategy import with_defaults

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / 'doc' / 'source'
PAGES = SOURCE / 'strategies'
# Without those of others, which may be installed too.
STRATEGIES = {name: each for name, each in plugins.strategies().items()
              if each.decide.__module__.startswith('watcher_py.')}
SVG = '{http://www.w3.org/2000/svg}'

each_strategy = pytest.mark.parametrize('strategy', STRATEGIES.values(), ids=lambda each: each.name)


def page(name: str) -> str:
    """The text of a page, with what it includes."""
    return re.sub(r'^\.\. include:: (.*)$', lambda found: (PAGES / found[1]).read_text(),
                  (PAGES / f'{name}.rst').read_text(), flags=re.M)


@pytest.fixture(scope='module')
def drawn(tmp_path_factory):
    """What doc/draw_strategies.py writes now."""
    target = tmp_path_factory.mktemp('drawn')
    subprocess.run([sys.executable, ROOT / 'doc' / 'draw_strategies.py', target], check=True)
    return target


def generated(target: Path) -> dict[str, str]:
    return {str(path.relative_to(target)): path.read_text() for pattern in (
        'images/strategies/*.svg', 'strategies/*.inc') for path in target.glob(pattern)}


def test_pictures_plans_and_tables_are_what_the_strategies_give_today(drawn):
    """If not: python doc/draw_strategies.py."""
    assert generated(SOURCE) == generated(drawn)


@each_strategy
def test_a_strategy_has_a_page_that_the_index_lists(strategy):
    assert page(strategy.name).splitlines()[1] == strategy.name
    assert re.search(rf'^   {strategy.name}$', (PAGES / 'index.rst').read_text(), re.M)


def test_there_is_no_page_of_what_is_no_strategy():
    assert {path.stem for path in PAGES.glob('*.rst')} == {*STRATEGIES, 'index'}


@each_strategy
def test_a_page_names_every_parameter_with_its_default(strategy):
    rows = dict(re.findall(r'^   \* - ``(\w+)``\n     - (.*)$', page(strategy.name), re.M))
    for name, schema in strategy.parameters['properties'].items():
        if name in strategy.parameters.get('required', ()):
            assert rows[name] == 'required'
        elif 'default' not in schema:
            assert rows[name] == 'none'
        else:
            assert rows[name] == f'``{json.dumps(schema["default"])}``'


@each_strategy
def test_a_page_names_every_metric_that_the_strategy_asks_for(strategy):
    given = {name: [] if schema.get('type') == 'array' else 'node'
             for name, schema in strategy.parameters['properties'].items()
             if name in strategy.parameters.get('required', ())}
    needs = strategy.needs(with_defaults(strategy.parameters, given))
    metrics = page(strategy.name).split('\nMetrics\n')[1].split('\nParameters\n')[0]
    assert {f'``{need.metric.value}``' for need in needs} <= set(re.findall(r'``\w+``', metrics))
    assert needs or metrics.split('\n')[2].startswith('None')


@each_strategy
def test_the_command_of_a_page_gives_the_plan_that_the_page_shows(strategy, tmp_path, monkeypatch, capsys):
    shown = page(strategy.name).split('\nExample\n')[1].split('\nMetrics\n')[0]
    command = re.search(r'^    (watcher-plan .*?)\n\n', shown, re.M | re.S)[1]
    program, *words = shlex.split(command.replace('\\\n', ' '))
    monkeypatch.chdir(ROOT / 'doc' / 'strategies_examples')
    assert plan.main([*words, '--plan', str(tmp_path / 'plan.json')]) == 0
    report, made = json.loads(capsys.readouterr().out), json.loads((tmp_path / 'plan.json').read_text())
    assert (program, report['refused'], made['left_out']) == ('watcher-plan', 0, [])
    assert len(re.findall(r'^   \* - \d+$', shown, re.M)) == len(made['actions']) > 0
    for action in made['actions']:
        assert f'     - {action["reason"]}\n' in shown.replace('\\', '')
        if 'from' in action:
            assert f'from ``{action["from"]}`` to ``{action["to"]}``' in shown


@each_strategy
def test_a_page_has_all_that_an_operator_looks_for(strategy):
    titles = re.findall(r'^(\S.*)\n=+$', page(strategy.name), re.M)
    assert titles == [strategy.name, 'Example', 'Metrics', 'Parameters', 'To run it', 'Limits',
                      "Beside Watcher's"]


pictures = pytest.mark.parametrize('picture', sorted((SOURCE / 'images' / 'strategies').glob('*.svg')),
                                   ids=lambda each: each.stem)


@pictures
def test_a_picture_keeps_within_its_edges(picture):
    drawing = ElementTree.parse(picture).getroot()
    whole = 0.0, 0.0, float(drawing.get('width')), float(drawing.get('height'))
    boxes, texts = boxes_of(drawing), texts_of(drawing)
    assert boxes
    assert texts
    assert all(is_within(each, whole) for each in (*boxes, *texts))


@pictures
def test_what_is_written_in_a_box_has_room_there(picture):
    drawing = ElementTree.parse(picture).getroot()
    _, *boxes = boxes_of(drawing)               # the first is the paper
    floor = max(bottom for *_, bottom in boxes if bottom < 225)
    inside = [each for each in texts_of(drawing, anchor='middle') if each[3] < floor]
    assert inside
    for each in inside:
        assert any(is_within(each, box) for box in boxes), each


def boxes_of(drawing):
    """Left, top, right and bottom of each rectangle."""
    found = []
    for box in drawing.findall(f'{SVG}rect'):
        x, y, wide, tall = (float(box.get(key)) for key in ('x', 'y', 'width', 'height'))
        found.append((x, y, x + wide, y + tall))
    return found


def texts_of(drawing, anchor=None):
    """The same of each text, or of those with this anchor, in a font that runs wide."""
    found = []
    for text in drawing.findall(f'{SVG}text'):
        size, x, y = (float(text.get(key)) for key in ('font-size', 'x', 'y'))
        long = len(text.text or '') * size * 0.64
        left = x - {'middle': long / 2, 'end': long}.get(text.get('text-anchor'), 0)
        if anchor in (None, text.get('text-anchor')):
            found.append((left, y - size * 0.75, left + long, y))
    return found


def is_within(inner, outer):
    return all((inner[0] >= outer[0], inner[1] >= outer[1], inner[2] <= outer[2], inner[3] <= outer[3]))
