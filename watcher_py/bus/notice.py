# SPDX-License-Identifier: Apache-2.0
"""A notification of one of the cloud's services, as it was heard."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """`sent` is in seconds since the epoch, by the clock of who sent it."""

    publisher: str          # 'nova-compute:host1', 'volume.host1@lvm'
    type: str               # 'instance.lock'
    payload: Any            # as it came
    sent: float
