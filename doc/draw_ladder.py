# SPDX-License-Identifier: Apache-2.0
"""Make the table of all strategies beside upstream's, of the ladder's LADDER.json."""

import json
import sys
from pathlib import Path

from draw_engine import SOURCE, table

COLUMNS = ('strategy', 'size', 'figure', 'nothing done', 'upstream', 'ours', 'upstream refused',
           'ours refused', 'upstream CPU s', 'ours CPU s')


def main() -> None:
    rows = json.loads(Path(sys.argv[1]).read_text())
    shown = [{column: '' if row.get(column) is None else row[column] for column in COLUMNS} for row in rows]
    (SOURCE / 'reference' / 'ladder.inc').write_text(table(shown))


if __name__ == '__main__':
    main()
