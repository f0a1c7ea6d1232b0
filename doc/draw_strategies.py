# SPDX-License-Identifier: Apache-2.0
"""Draw the strategies' examples and write their tables: python doc/draw_strategies.py [TARGET]."""

import sys
from pathlib import Path

from strategy_pages.chains import chain
from strategy_pages.examples import EXAMPLES
from strategy_pages.pictures import picture
from strategy_pages.runs import run
from strategy_pages.tables import audit, example, goals, parameters


def main() -> None:
    """Everything below doc/source, or below the target."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / 'source'
    pictures, pages = target / 'images' / 'strategies', target / 'strategies'
    pictures.mkdir(parents=True, exist_ok=True)
    pages.mkdir(exist_ok=True)
    runs = [run(one) for one in EXAMPLES]
    (pages / 'goals.inc').write_text(goals(done.strategy for done in runs))
    for done in runs:
        name = done.strategy.name
        (pictures / f'{name}.svg').write_text((picture if done.is_placing else chain)(done))
        (pages / f'{name}-parameters.inc').write_text(parameters(done.strategy))
        (pages / f'{name}-audit.inc').write_text(audit(done))
        (pages / f'{name}-example.inc').write_text(example(done))


if __name__ == '__main__':
    main()
