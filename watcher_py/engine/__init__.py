# SPDX-License-Identifier: Apache-2.0
"""The decision engine: from an audit to a plan."""
