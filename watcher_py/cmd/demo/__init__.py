# SPDX-License-Identifier: Apache-2.0
"""watcher-demo: an emulated cloud and all services in one process, and the main job carried out on them."""
