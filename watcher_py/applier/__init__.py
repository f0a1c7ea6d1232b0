# SPDX-License-Identifier: Apache-2.0
"""The applier: from a plan to moved servers."""
