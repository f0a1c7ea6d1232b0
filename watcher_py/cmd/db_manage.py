# SPDX-License-Identifier: Apache-2.0
"""watcher-db-manage: makes the tables, moves them from revision to revision, and purges them."""

import sys
from argparse import _SubParsersAction  # oslo.config hands it over
from collections.abc import Callable
from typing import Any

from oslo_config import cfg

from watcher_py import conf as options
from watcher_py.cmd import purge
from watcher_py.core.errors import WatcherError
from watcher_py.db import schema
from watcher_py.db.session import Sessions, connect

Deed = Callable[[Sessions, Any], None]


def main() -> int:
    return run(sys.argv[1:])


def run(arguments: list[str]) -> int:
    """Do what the arguments say; errors are told in one sentence."""
    try:
        conf = _configuration(arguments)
        DEEDS[conf.command.name](connect(conf), conf.command)
    except (WatcherError, cfg.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _upgrade(sessions: Sessions, asked: Any) -> None:
    schema.upgrade(sessions, asked.revision or 'head')


def _downgrade(sessions: Sessions, asked: Any) -> None:
    schema.downgrade(sessions, asked.revision or 'base')


def _stamp(sessions: Sessions, asked: Any) -> None:
    schema.stamp(sessions, asked.revision)


def _revision(sessions: Sessions, asked: Any) -> None:
    schema.write_revision(sessions, asked.message, asked.autogenerate)


def _version(sessions: Sessions, asked: Any) -> None:
    print(schema.version(sessions))


def _create_schema(sessions: Sessions, asked: Any) -> None:
    schema.create_schema(sessions)


DEEDS: dict[str, Deed] = {
    'upgrade': _upgrade, 'downgrade': _downgrade, 'stamp': _stamp, 'revision': _revision,
    'version': _version, 'create_schema': _create_schema, 'purge': purge.run}


def _configuration(arguments: list[str]) -> cfg.ConfigOpts:
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf.register_cli_opt(cfg.SubCommandOpt('command', title='Commands', handler=_commands))
    asks_help = {'-h', '--help', '--version'} & set(arguments)
    if not asks_help and not set(DEEDS) & set(arguments):
        arguments = [*arguments, 'upgrade']
    conf(arguments, project='watcher', prog='watcher-db-manage')
    return conf


def _commands(parsers: '_SubParsersAction[Any]') -> None:
    for name, text in (('upgrade', 'move the tables forward'), ('downgrade', 'move the tables back')):
        parser = parsers.add_parser(name, help=text)
        parser.add_argument('--revision', help='how far')
    parsers.add_parser('stamp', help='say of which revision the tables are').add_argument('revision')
    revision = parsers.add_parser('revision', help='write a file for a new revision')
    revision.add_argument('-m', '--message', required=True)
    revision.add_argument('--autogenerate', action='store_true', help='from the models')
    parsers.add_parser('version', help='print the revision of the tables')
    parsers.add_parser('create_schema', help='make all tables in an empty database')
    purge.add_arguments(parsers.add_parser('purge', help='delete for good what was deleted softly'))
