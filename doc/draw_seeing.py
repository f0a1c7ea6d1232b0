# SPDX-License-Identifier: Apache-2.0
"""Make the table of what seeing costs, of the files that benchmarks/collector.py wrote: FIGURES.json ..."""

import json
import sys
from pathlib import Path

from draw_engine import SOURCE, table


def main() -> None:
    rows = []
    for path in sys.argv[1:]:
        figures = json.loads(Path(path).read_text())
        rows += [{'hosts': f'{figures["hosts"]:,}', 'servers': f'{figures["servers"]:,}', 'what': row['what'],
                  'HTTP calls': row['http_calls'], 'CPU s': row['cpu_s'], 'peak MiB': row['peak_rss_mb']}
                 for row in figures['rows']]
    (SOURCE / 'reference' / 'seeing.inc').write_text(table(rows))


if __name__ == '__main__':
    main()
