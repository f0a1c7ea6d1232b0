# SPDX-License-Identifier: Apache-2.0
"""How a stated problem is solved, whatever strategy stated it."""
