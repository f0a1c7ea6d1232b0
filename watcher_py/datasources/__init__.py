# SPDX-License-Identifier: Apache-2.0
"""Where metrics are read."""
