# SPDX-License-Identifier: Apache-2.0
"""How a moment is told in a sentence."""

from datetime import datetime


def told(moment: datetime) -> str:
    """'2026-11-22 22:00 UTC', of a moment in naive UTC; with seconds where there are some."""
    return moment.strftime('%Y-%m-%d %H:%M:%S UTC' if moment.second else '%Y-%m-%d %H:%M UTC')
