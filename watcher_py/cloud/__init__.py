# SPDX-License-Identifier: Apache-2.0
"""OpenStack, through openstacksdk; nothing else imports it."""
