# SPDX-License-Identifier: Apache-2.0
"""[dashboard]: the web console."""

from oslo_config import cfg

GROUP = cfg.OptGroup('dashboard', 'The web console')
OPTIONS = [
    cfg.BoolOpt('enabled', default=True, help='Serve the web console beside the API, under /dashboard.'),
    cfg.URIOpt(
        'auth_url', schemes=['http', 'https'],
        help='Keystone at which users log in; when empty, www_authenticate_uri of [keystone_authtoken].'),
    cfg.StrOpt('project', default='admin', help='Project that the login form proposes.'),
    cfg.StrOpt('user_domain', default='Default', help='Domain of users that the login form proposes.'),
    cfg.StrOpt('project_domain', default='Default', help='Domain of projects that the login form proposes.'),
    cfg.IntOpt('login_timeout', default=20, min=1, help='Seconds to wait for Keystone at a login.'),
    cfg.BoolOpt(
        'secure_cookie', default=False,
        help='Have browsers send the session over HTTPS alone, even where the console can not see that it is '
             'reached by HTTPS, behind a proxy that does not say so.'),
    cfg.URIOpt(
        'api_url', default='http://127.0.0.1:9322', schemes=['http', 'https'],
        help='The REST API, for a console that is served by itself (watcher_py.wsgi.dashboard).'),
]
