# SPDX-License-Identifier: Apache-2.0
"""What strategies that switch compute nodes on and off go by."""
