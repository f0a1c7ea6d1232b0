# SPDX-License-Identifier: Apache-2.0
"""How the documents are built: sphinx-build doc/source doc/build/html."""

project = 'watcher_py'
author = 'watcher_py maintainers'
copyright = author  # noqa: A001 - Sphinx calls it so

html_theme = 'alabaster'
html_theme_options = {
    'description': 'Resource optimizer for OpenStack clouds',
    'fixed_sidebar': True,
    'page_width': '1100px',
}
html_show_copyright = False
html_show_sourcelink = False
