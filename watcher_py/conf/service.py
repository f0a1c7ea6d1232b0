# SPDX-License-Identifier: Apache-2.0
"""[DEFAULT]: what every service of ours is told."""

import socket

from oslo_config import cfg

GROUP = None
OPTIONS = [
    # No HostAddressOpt: it refuses names that machines do have, such as my_host.
    cfg.StrOpt(
        'host', default=socket.gethostname(), sample_default='<hostname>',
        help='Name of this service among its like: on the message bus, in the list of services, and as the '
             'owner of audits and plans.'),
    cfg.StrOpt(
        'state_path', default='/var/lib/watcher',
        help='Directory of what a service keeps, such as an SQLite database.'),
    cfg.BoolOpt(
        'enable_authentication', default=True,
        help='Ask Keystone about the token of every API request. Without it, whoever reaches the API is '
             'obeyed.'),
    cfg.IntOpt(
        'service_down_time', default=90, min=1,
        help='Seconds without a heartbeat after which a service counts as failed.'),
    cfg.IntOpt(
        'periodic_interval', default=60, min=1,
        help='Seconds between two looks at whether services have failed or come back.'),
    cfg.StrOpt(
        'notification_level', default='info', choices=['', 'debug', 'info', 'warning', 'error', 'critical'],
        help='Least level of notifications that are sent, by the driver of [oslo_messaging_notifications]. '
             'When empty, none are.'),
]
