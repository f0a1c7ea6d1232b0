# SPDX-License-Identifier: Apache-2.0
"""The picture of the cloud: read in bulk, kept true by what is heard, and made a Cluster."""
