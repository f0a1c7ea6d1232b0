# SPDX-License-Identifier: Apache-2.0
"""What a planned action meets in the cloud as it is now."""

from watcher_py.applier.drift.drift import Drift, Verdict

__all__ = ['Drift', 'Verdict']
