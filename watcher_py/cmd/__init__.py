# SPDX-License-Identifier: Apache-2.0
"""The programs: read the configuration, build the parts, run."""
