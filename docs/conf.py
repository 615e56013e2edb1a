"""Sphinx's settings for the site; tools/docs/build.py gathers the pages."""

from mailpartner import __version__

project = "mailpartner"
version = release = __version__

# docs.sphinx_extension is tools/docs/sphinx_extension.py.
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs.sphinx_extension"]
napoleon_numpy_docstring = False
exclude_patterns = ["extra"]
default_role = "code"
smartquotes = False
myst_heading_anchors = 4

autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"mailpartner {version}"
html_static_path = ["static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_js_files = ["site.js", "try.js", "cases.js"]
html_use_index = html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_permalinks_icon = "#"
# Nothing is asked of another host; the dark colours follow the reader's system, and can be chosen.
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
