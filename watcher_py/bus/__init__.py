# SPDX-License-Identifier: Apache-2.0
"""The message bus: calls between the services; only ids travel."""
