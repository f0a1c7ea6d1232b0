# SPDX-License-Identifier: Apache-2.0
"""What the console says of the cloud: the API's answers, turned into what its pages and pictures show."""
