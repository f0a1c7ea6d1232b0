# SPDX-License-Identifier: Apache-2.0
"""Forms made of JSON schema: parameters become fields, and what is sent becomes parameters again."""
