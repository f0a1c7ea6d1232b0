# SPDX-License-Identifier: Apache-2.0
"""How the pages of the strategies come by their pictures and tables."""
