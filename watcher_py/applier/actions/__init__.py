# SPDX-License-Identifier: Apache-2.0
"""What a plan can do to the cloud, one action a file."""
