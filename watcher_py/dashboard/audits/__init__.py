# SPDX-License-Identifier: Apache-2.0
"""What the pages of audits need besides pages: scopes, requests, deeds."""
