# SPDX-License-Identifier: Apache-2.0
"""The power switch of one machine, that is pressed once however often the process that presses it dies."""

from collections.abc import Callable
from dataclasses import dataclass

from watcher_py.applier.actions.asking import Asking
from watcher_py.cloud.baremetal import Baremetal, MachineNow
from watcher_py.core.errors import Refused


@dataclass(frozen=True)
class PowerSwitch:
    """Brings a machine to a power state, 'power on' or 'power off'; `check` is done just before that."""

    machines: Baremetal
    machine: str                        # uuid
    state: str
    asking: Asking
    check: Callable[[], None]

    def begin(self) -> None:
        """Ask for it, and wait until it is reached."""
        self.asking.until(self._is_free, f'machine {self.machine} to be free')
        now = self.now()
        if now.power_state != self.state:
            self.asking.run.memory.note(**_marks(now))
            self._ask()
            self.asking.until(self._is_over, self._what)

    def resume(self) -> None:
        """Go on with what another process has begun."""
        if not self.asking.run.memory:
            return self.begin()
        # Ironic reserves a machine, looks at its power, and only then shows what it is after.
        self.asking.until(self._is_free, f'machine {self.machine} to be free')
        if not self.was_heard():
            self._ask()
        return self.asking.until(self._is_over, self._what)

    def verify(self) -> None:
        """Refused unless Ironic shows it."""
        now = self.now()
        if now.power_state != self.state:
            raise Refused(f'machine {self.machine} is at {now.power_state or "an unknown power state"}, '
                          f'not at {self.state}')

    def now(self) -> MachineNow:
        return self.asking.answer(lambda: self.machines.machine(self.machine), f'machine {self.machine}')

    def was_heard(self) -> bool:
        """Whether Ironic does it, has done it, or has failed: it marks the machine before it answers."""
        now = self.now()
        if self.state in (now.power_state, now.target_power_state):
            return True
        return now.last_error is not None and any(
            self.asking.run.memory.get(mark) != value for mark, value in _marks(now).items())

    @property
    def _what(self) -> str:
        return f'machine {self.machine} to {self.state}'

    def _ask(self) -> None:
        self.asking.request(lambda: self.machines.set_power(self.machine, self.state), self.was_heard,
                            self._what, self.check)

    def _is_free(self) -> bool:
        now = self.machines.machine(self.machine)
        return now.reservation is None and now.target_power_state is None

    def _is_over(self) -> bool:
        """Whether it is reached; Refused, with Ironic's reason, once it has failed."""
        now = self.machines.machine(self.machine)
        if now.target_power_state is not None or now.reservation is not None:
            return False
        if now.power_state == self.state:
            return True
        raise Refused(f'machine {self.machine} stays at {now.power_state}: '
                      f'{now.last_error or "Ironic gives no reason"}')


def _marks(machine: MachineNow) -> dict[str, str | None]:
    return {'power_state': machine.power_state, 'last_error': machine.last_error, 'updated': machine.updated}
