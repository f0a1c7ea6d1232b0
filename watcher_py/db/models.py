# SPDX-License-Identifier: Apache-2.0
"""The rows that watcher_py keeps: one class a noun, one table a class."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import Double, ForeignKey, MetaData, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from watcher_py.db.columns import BYTES, MESSAGE_LENGTH, JsonDict, JsonList, Moment, now

# oslo.db reads the columns of a unique constraint from such a name, where the database tells only the name.
NAMES = {'uq': 'uniq_%(table_name)s0%(column_0_name)s', 'fk': 'fk_%(table_name)s_%(column_0_name)s',
         'ix': 'ix_%(table_name)s_%(column_0_name)s', 'pk': 'pk_%(table_name)s'}
MYSQL = {'mysql_engine': 'InnoDB', 'mysql_charset': 'utf8mb4',
         'mariadb_engine': 'InnoDB', 'mariadb_charset': 'utf8mb4'}


def _unique(table: str, *columns: str) -> UniqueConstraint:
    """Unique among the live rows, and among the deleted ones by their own id."""
    return UniqueConstraint(*columns, name=f'uniq_{table}0' + '0'.join(columns))


class Model(DeclarativeBase):
    """What every row has: a number, its moments, and a mark when it is deleted."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment(), dict[str, Any]: JsonDict(), list[Any]: JsonList(),
                           bytes: BYTES}
    __table_args__: Any = (MYSQL,)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime | None] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now)
    deleted_at: Mapped[datetime | None]
    deleted: Mapped[int] = mapped_column(default=0)         # 0, or its own id once it is deleted

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None

    @classmethod
    def noun(cls) -> str:
        """What an operator calls such a row: 'audit template'."""
        return re.sub('(?<!^)(?=[A-Z])', ' ', cls.__name__).lower()


class WithUuid:
    """A row that the world knows by a uuid."""

    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))


class WithState:
    """A row that goes through states, and may say why."""

    state: Mapped[str] = mapped_column(String(20), index=True)
    status_message: Mapped[str | None] = mapped_column(String(MESSAGE_LENGTH))


class WithLease:
    """A row that one process at a time works at; see db/lease.py."""

    owner: Mapped[str | None] = mapped_column(String(255), index=True)      # a process, not only a host
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)           # rises with each owner
    takeovers: Mapped[int] = mapped_column(default=0)       # since it was claimed: owners that let it fall


class Goal(WithUuid, Model):
    __tablename__ = 'goals'
    __table_args__ = (_unique('goals', 'name', 'deleted'), MYSQL)

    name: Mapped[str] = mapped_column(String(63))
    display_name: Mapped[str] = mapped_column(String(63))
    efficacy_specification: Mapped[list[Any]] = mapped_column(default=list)


class Strategy(WithUuid, Model):
    __tablename__ = 'strategies'
    __table_args__ = (_unique('strategies', 'name', 'deleted'), MYSQL)

    name: Mapped[str] = mapped_column(String(63))
    display_name: Mapped[str] = mapped_column(String(63))
    goal_id: Mapped[int] = mapped_column(ForeignKey('goals.id'), index=True)
    parameters_spec: Mapped[dict[str, Any]] = mapped_column(default=dict)

    goal: Mapped[Goal] = relationship(lazy='selectin')


class AuditTemplate(WithUuid, Model):
    __tablename__ = 'audit_templates'
    __table_args__ = (_unique('audit_templates', 'name', 'deleted'), MYSQL)

    name: Mapped[str | None] = mapped_column(String(63))
    description: Mapped[str | None] = mapped_column(String(255))
    goal_id: Mapped[int] = mapped_column(ForeignKey('goals.id'), index=True)
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey('strategies.id'), index=True)
    scope: Mapped[list[Any]] = mapped_column(default=list)
    default_parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)

    goal: Mapped[Goal] = relationship(lazy='selectin')
    strategy: Mapped[Strategy | None] = relationship(lazy='selectin')


class Audit(WithUuid, WithState, WithLease, Model):
    __tablename__ = 'audits'
    __table_args__ = (_unique('audits', 'name', 'deleted'), MYSQL)

    name: Mapped[str | None] = mapped_column(String(63))
    audit_type: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    interval: Mapped[str | None] = mapped_column(String(36))
    goal_id: Mapped[int] = mapped_column(ForeignKey('goals.id'), index=True)
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey('strategies.id'), index=True)
    scope: Mapped[list[Any]] = mapped_column(default=list)
    auto_trigger: Mapped[bool] = mapped_column(default=False)
    next_run_time: Mapped[datetime | None]
    hostname: Mapped[str | None] = mapped_column(String(255))
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime | None]
    force: Mapped[bool] = mapped_column(default=False)
    triggered_at: Mapped[datetime | None]       # of an EVENT audit: something happened, no run has seen to it

    goal: Mapped[Goal] = relationship(lazy='selectin')
    strategy: Mapped[Strategy | None] = relationship(lazy='selectin')


class ActionPlan(WithUuid, WithState, WithLease, Model):
    __tablename__ = 'action_plans'

    audit_id: Mapped[int] = mapped_column(ForeignKey('audits.id'), index=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey('strategies.id'), index=True)
    global_efficacy: Mapped[list[Any]] = mapped_column(default=list)
    hostname: Mapped[str | None] = mapped_column(String(255))
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)    # bound, gap, what stayed and why
    # Older rows have none of what may be null here.
    execution: Mapped[dict[str, Any]] = mapped_column(default=dict, nullable=True)  # how, where it is said
    roll_back: Mapped[str | None] = mapped_column(Text)     # why what was done is being taken back
    # What came of it, some time after its end; see engine/outcome.py.
    measured: Mapped[dict[str, Any]] = mapped_column(default=dict, nullable=True)
    measured_at: Mapped[datetime | None] = mapped_column(index=True)
    measure_after: Mapped[datetime | None]      # not before: it is too early, or an engine is at it

    audit: Mapped[Audit] = relationship(lazy='selectin')
    strategy: Mapped[Strategy] = relationship(lazy='selectin')
    indicators: Mapped[list['EfficacyIndicator']] = relationship(
        lazy='selectin', order_by='EfficacyIndicator.id')


# In the memory of an action that was done, and taken back.
REVERTED = 'reverted'


class Action(WithUuid, WithState, Model):
    __tablename__ = 'actions'

    action_plan_id: Mapped[int] = mapped_column(ForeignKey('action_plans.id'), index=True)
    action_type: Mapped[str] = mapped_column(String(255))
    input_parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parents: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str | None] = mapped_column(Text)                # why the strategy wants it
    # What it must know to be resumed or reverted.
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict, nullable=True)
    # As predicted: seconds after the plan's start, and how long it takes; unknown of older rows.
    planned_begin_s: Mapped[float | None] = mapped_column(Double)
    planned_seconds: Mapped[float | None] = mapped_column(Double)
    begun_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    project: Mapped[str | None] = mapped_column(String(255))        # whose server is touched
    wish: Mapped[str | None] = mapped_column(String(20))            # of an operator, while it runs; see Wish

    action_plan: Mapped[ActionPlan] = relationship(lazy='selectin')

    @property
    def is_reverted(self) -> bool:
        return bool((self.memory or {}).get(REVERTED))


class EfficacyIndicator(WithUuid, Model):
    __tablename__ = 'efficacy_indicators'

    name: Mapped[str | None] = mapped_column(String(63))
    description: Mapped[str | None] = mapped_column(String(255))
    unit: Mapped[str | None] = mapped_column(String(63))
    # Only rows that are older than `data` have it.
    obsolete_value: Mapped[Decimal | None] = mapped_column('value', Numeric)
    data: Mapped[float | None] = mapped_column(Double)          # as predicted
    measured: Mapped[float | None] = mapped_column(Double)      # as it came out
    action_plan_id: Mapped[int] = mapped_column(ForeignKey('action_plans.id'), index=True)

    @property
    def predicted(self) -> float | None:
        value = self.obsolete_value if self.data is None else self.data
        return None if value is None else float(value)


class Evidence(Model):
    """What a plan was decided on, packed; kept for the newest plans."""

    __tablename__ = 'evidence'

    action_plan_id: Mapped[int] = mapped_column(ForeignKey('action_plans.id'), index=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)    # of the strategy, with its defaults
    content: Mapped[bytes]

    action_plan: Mapped[ActionPlan] = relationship(lazy='selectin')


class ScoringEngine(WithUuid, Model):
    __tablename__ = 'scoring_engines'
    __table_args__ = (_unique('scoring_engines', 'name', 'deleted'), MYSQL)

    name: Mapped[str] = mapped_column(String(63))
    description: Mapped[str | None] = mapped_column(String(255))
    metainfo: Mapped[str | None] = mapped_column(Text)


class Service(Model):
    __tablename__ = 'services'
    __table_args__ = (_unique('services', 'host', 'name', 'deleted'), MYSQL)

    name: Mapped[str] = mapped_column(String(255))
    host: Mapped[str] = mapped_column(String(255))
    last_seen_up: Mapped[datetime | None]


class ActionDescription(Model):
    __tablename__ = 'action_descriptions'
    __table_args__ = (_unique('action_descriptions', 'action_type'), MYSQL)

    action_type: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(255))
