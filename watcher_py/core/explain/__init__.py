# SPDX-License-Identifier: Apache-2.0
"""Why a plan is as it is: worked out from its evidence, for one server or node, when somebody asks."""
