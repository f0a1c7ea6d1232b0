# SPDX-License-Identifier: Apache-2.0
"""An example of each kind of plug-in."""
