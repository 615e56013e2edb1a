"""Sphinx's settings for the site. docs.sphinx_extension is tools/docs/sphinx_extension.py."""

from mailpartner import __version__

project = "mailpartner"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs.sphinx_extension"]
exclude_patterns = ["checks", "viewer"]
templates_path = ["_templates"]
default_role = "code"
suppress_warnings = ["misc.highlighting_failure"]  # JSON in quotes, over two lines of a shell command
smartquotes_action = "D"  # dashes only
myst_enable_extensions = ["deflist", "colon_fence", "attrs_block"]
myst_heading_anchors = 4

napoleon_numpy_docstring = False
autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "mailpartner"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_use_index = html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
