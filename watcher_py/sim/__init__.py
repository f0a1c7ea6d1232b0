# SPDX-License-Identifier: Apache-2.0
"""An emulated OpenStack cloud over HTTP, with a workload and a clock."""
