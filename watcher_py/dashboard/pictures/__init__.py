# SPDX-License-Identifier: Apache-2.0
"""Pictures: SVG of plain values, one a file."""
