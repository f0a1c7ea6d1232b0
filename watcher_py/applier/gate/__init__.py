# SPDX-License-Identifier: Apache-2.0
"""What keeps actions from beginning at this moment, whatever the cloud is like."""

from watcher_py.applier.gate.gate import Gate

__all__ = ['Gate']
