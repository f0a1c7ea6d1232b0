# SPDX-License-Identifier: Apache-2.0
"""OpenStack Watcher's wire contract, one noun a file."""
