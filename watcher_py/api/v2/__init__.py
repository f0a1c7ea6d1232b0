# SPDX-License-Identifier: Apache-2.0
"""What Watcher never had: reports of plans and the live cluster."""
