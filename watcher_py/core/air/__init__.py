# SPDX-License-Identifier: Apache-2.0
"""What strategies that go by the heat and air of compute nodes share."""
