# SPDX-License-Identifier: Apache-2.0
"""Numbers as answers have them: short, and null where they are unknown."""

import math

DIGITS = 2


def amount(value: float | None) -> int | float | None:
    """Rounded, whole where it is; None for what is no finite number."""
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), DIGITS)
    return int(rounded) if rounded.is_integer() else rounded
