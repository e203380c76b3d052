"""The documentation site: `sphinx-build -W --keep-going -b html docs docs/_build/html`."""

import os

import matplotlib as mpl

import polyagamma

mpl.use("Agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

project = "polyagamma-gibbs"
author = "The polyagamma-gibbs developers"
project_copyright = author
release = version = polyagamma.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = [
    "_build",
    "gallery/*.rst",
    "auto_gallery/*.ipynb",
    "auto_gallery/*.py",
    "**/sg_execution_times.rst",
]
templates_path = ["_templates"]
default_role = "py:obj"  # single backticks in docstrings: a link where there is something to link to

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4

autosummary_generate = True
toc_object_entries_show_parents = "hide"  # so that names of methods fit beside the page
autodoc_typehints = "none"  # numpydoc sections say what arguments are
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"plot_",
    "within_subsection_order": "FileNameSortKey",
    "min_reported_time": 1e9,
    "show_memory": False,
    "write_computation_times": False,
    "download_all_examples": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "polyagamma-gibbs"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
}
html_sidebars = {"index": []}
copybutton_prompt_text = ">>> "
