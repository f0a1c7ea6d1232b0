# SPDX-License-Identifier: Apache-2.0
"""What a browser asks for: a file a noun."""
