# SPDX-License-Identifier: Apache-2.0
"""The scoring engines that come with watcher_py."""
