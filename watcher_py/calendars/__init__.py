# SPDX-License-Identifier: Apache-2.0
"""Maintenance windows and blackouts: when actions may begin. Moments are naive UTC, as in the database."""

from watcher_py.calendars.calendar import Calendar, is_in_blackout, is_open, next_opening, read

__all__ = ['Calendar', 'is_in_blackout', 'is_open', 'next_opening', 'read']
