# SPDX-License-Identifier: Apache-2.0
"""[execution]: when, how fast and how carefully plans are carried out."""

from oslo_config import cfg

PERIODS = ("An entry recurs, '<cron of 5 fields> for <number>h|m|d [in <time zone>]', such as '0 22 * * 5 "
           "for 8h in Europe/Berlin', or comes once, '<time>/<time> [in <time zone>]', such as "
           "'2026-12-20T00:00/2027-01-03T00:00'; the time zone is UTC where none is named.")

GROUP = cfg.OptGroup('execution', 'How plans are carried out')
OPTIONS = [
    cfg.StrOpt('on_failure', default='stop-dependants',
               choices=['stop-dependants', 'stop-all', 'roll-back', 'go-on'],
               help='What becomes of a plan of which an action fails: what needs the action is not done, the '
                    'rest is; nothing more is begun; nothing more is begun and what was done is taken back; '
                    'all the rest is done. An audit can say otherwise for its plans.'),
    cfg.MultiStrOpt('windows', default=[],
                    help='Maintenance windows: actions begin within one of them only; at any time when there '
                         'is none. What has begun is not stopped when a window closes. May be given more '
                         'than once. An audit can narrow them further for its plans. ' + PERIODS),
    cfg.MultiStrOpt('blackouts', default=[],
                    help='When no action begins, even within a window. May be given more than once; the '
                         'entries are as those of windows.'),
    cfg.IntOpt('migrations_per_hour', default=0, min=0,
               help='Servers and volumes that begin to move within any hour, all appliers together; 0 for '
                    'any number.'),
    cfg.IntOpt('migrations_per_hour_per_project', default=0, min=0,
               help='The same of one project; 0 for any number.'),
    cfg.FloatOpt('breaker_failures', default=0.5, min=0.0, max=1.0,
                 help='Share of the last moves that may not fail: where it is reached, no move of any plan '
                      'begins for breaker_pause; 0 for any share.'),
    cfg.FloatOpt('breaker_seconds', default=0.0, min=0.0,
                 help='Seconds that half of the last migrations of servers may not exceed: where they do, no '
                      'move of any plan begins for breaker_pause; 0 for any time.'),
    cfg.IntOpt('breaker_sample', default=20, min=1, help='Last moves that the circuit breaker looks at.'),
    cfg.IntOpt('breaker_minimum', default=5, min=1,
               help='Moves below which the circuit breaker says nothing.'),
    cfg.IntOpt('breaker_period', default=3600, min=1,
               help='Seconds after which the circuit breaker forgets a move.'),
    cfg.IntOpt('breaker_pause', default=600, min=0,
               help='Seconds after the last bad move until the circuit breaker lets moves through again, one '
                    'at a time until the figures are good.'),
]
