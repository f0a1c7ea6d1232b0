# SPDX-License-Identifier: Apache-2.0
"""What a service tells of itself to those who watch over it."""
