# SPDX-License-Identifier: Apache-2.0
"""The machines that Ironic switches on and off, as columns. Immutable."""

from dataclasses import dataclass

import numpy as np

from watcher_py.core.columns import Bools, Ints, Names


@dataclass(frozen=True, eq=False, kw_only=True)
class Machines:
    """Bare-metal machines, a row each; M rows."""

    uuid: Names
    name: Names                         # '' for one without a name
    compute_node: Names                 # what its operator says it is a node of, '' when nothing is said
    node: Ints                          # [M] row of the compute node that runs on it, or NO_ROW
    instance: tuple[str | None, ...]    # uuid of the server that is deployed on it
    power_state: tuple[str | None, ...]             # power on, power off; None when unknown
    target_power_state: tuple[str | None, ...]      # set while it is switched
    provision_state: tuple[str | None, ...]
    maintenance: Bools                  # [M] left alone by Ironic
    maintenance_reason: tuple[str | None, ...]
    known: Bools                        # [M] False: something of it could not be read

    def __len__(self) -> int:
        return len(self.uuid)


NO_MACHINES = Machines(
    uuid=(), name=(), compute_node=(), node=np.zeros(0, dtype=np.int64), instance=(), power_state=(),
    target_power_state=(), provision_state=(), maintenance=np.zeros(0, dtype=bool), maintenance_reason=(),
    known=np.zeros(0, dtype=bool))
