# SPDX-License-Identifier: Apache-2.0
"""How long a plan that is under way is going to take still."""

# A plan is taken to have gone as predicted for so much of its makespan before it began: that its first
# move is slow says little.
TRUSTED = 0.1


def seconds_left(makespan: float, gone: float, done: float, left: float, dropped: float = 0.0) -> float:
    """What is left of the makespan, at the pace that the plan has had in the seconds that are gone.

    `done`, `left` and `dropped` are predicted seconds of its actions, added up as if they went one by one.
    """
    in_all = done + left + dropped
    if not in_all or not makespan:
        return 0.0
    passed, ahead, trusted = makespan * done / in_all, makespan * left / in_all, makespan * TRUSTED
    return ahead * (gone + trusted) / (passed + trusted)
