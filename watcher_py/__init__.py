# SPDX-License-Identifier: Apache-2.0
"""An optimizer of OpenStack clouds that speaks OpenStack Watcher's REST contract."""
