# SPDX-License-Identifier: Apache-2.0
"""What decides: pure functions of values; no configuration, clock, log or I/O."""
