# SPDX-License-Identifier: Apache-2.0
"""Draw the picture of the README from a real run of the demo: python doc/draw_demo.py."""

import re
import time
from io import StringIO
from pathlib import Path

from rich.console import Console

from watcher_py.cmd.demo import program
from watcher_py.cmd.demo.client import Client
from watcher_py.cmd.demo.house import open_house
from watcher_py.cmd.demo.pictures import hosts_picture, plan_table
from watcher_py.cmd.demo.report import report_on
from watcher_py.core import document
from watcher_py.sim.generator import generate

PICTURE = Path(__file__).parent / 'source/images/watcher-demo.svg'
COMMAND = 'watcher-demo --hosts 16 --servers 160'
MOVES_SHOWN = 4


def main() -> None:
    begin = time.monotonic()
    quiet, paper = Console(quiet=True), Console(record=True, width=110, file=StringIO())
    snapshot = document.read(generate(hosts=16, servers=160))
    with open_house(snapshot, 0) as house:
        client = Client(house.url)
        before = document.read(client.cluster())
        plan = program.planned(client, before, 'vm_workload_consolidation', quiet)
        client.start(plan['uuid'])
        *_, plan = client.follow(plan['uuid'])
        after = document.read(client.cluster())
        report = report_on(before, after, plan, len(house.cloud.world.refusals), begin)
    moves = [action for action in plan['actions'] if action['action_type'] == 'migrate']
    paper.print(f'[bold]{plan["objective"]}[/bold]: {plan["before"]:g} before, {plan["after"]:g} after; '
                f'no plan can end below {plan["bound"]:g} (proven)')
    paper.print(plan_table({'actions': moves[:MOVES_SHOWN]}))
    paper.print(f'... {len(moves) - MOVES_SHOWN} moves more\n')
    paper.print(hosts_picture(before, after, paper.width))
    program.show_result(report, plan, paper)
    svg = paper.export_svg(title=COMMAND)
    # The picture must not send its readers to other hosts for a font.
    PICTURE.write_text(re.sub(r'@font-face \{.*?\}\s*', '', svg, flags=re.DOTALL))


if __name__ == '__main__':
    main()
