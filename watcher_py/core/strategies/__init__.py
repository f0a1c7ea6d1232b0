# SPDX-License-Identifier: Apache-2.0
"""The strategies, one a file."""
