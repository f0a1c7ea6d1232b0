# SPDX-License-Identifier: Apache-2.0
"""Services as real processes on an emulated cloud, killed at random moments, and their judge."""
