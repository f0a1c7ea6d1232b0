# SPDX-License-Identifier: Apache-2.0
"""What the console says of a plan: the API's answers, turned into what its pages and pictures show."""
