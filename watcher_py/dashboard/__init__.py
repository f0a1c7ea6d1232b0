# SPDX-License-Identifier: Apache-2.0
"""The web console: a client of the REST API that answers with pages."""
