# SPDX-License-Identifier: Apache-2.0
"""Make the tables of what execution costs and survives, of the benchmarks' EXECUTION.json STORM.json ..."""

import json
import sys
from pathlib import Path

from draw_engine import SOURCE, table


def main() -> None:
    execution, *storms = (json.loads(Path(path).read_text()) for path in sys.argv[1:])
    costs = [{'what': row['what'], 'CPU s': row['cpu_s'], 'CPU ms an action': row['cpu_ms_per_action'],
              'HTTP calls': row['http_calls'], 'wall s': row['wall_s'], 'peak MiB': row['peak_rss_mb'],
              'first migration s': row.get('first_migration_s', '')} for row in execution['rows']]
    (SOURCE / 'reference' / 'execution.inc').write_text(table(costs))
    fates = [{'database': storm['database'], 'kills': storm['kills'], 'migrations': storm['migrations'],
              'lost': storm['lost'], 'doubled': storm['doubled'], 'illegal': storm['illegal'],
              'longest resume s': storm['resume_s'], 'median s': storm['resume_median_s']}
             for storm in storms]
    (SOURCE / 'reference' / 'storms.inc').write_text(table(fates))


if __name__ == '__main__':
    main()
