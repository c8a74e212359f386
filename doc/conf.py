"""Sphinx: `make docs` builds doc/_build/html. The reference is made from the docstrings of all modules."""

import tomllib
from pathlib import Path

from sphinx.ext.apidoc import main as list_modules

HERE = Path(__file__).resolve().parent

project = "sage_tf"
author = "The sage_tf developers"
copyright = "the sage_tf developers"
version = release = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]["version"]

extensions = ["sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.extlinks"]
extlinks = {"issue": ("https://github.com/sagemath/sage/issues/%s", "Sage issue %s")}
default_role = "math"  # as in Sage's docstrings
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": True}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "TensorFlow as a part of SageMath", "page_width": "1100px"}


def from_here(app, path, docname, content):
    """Let the pictures of README.rst, which are named as seen from its folder, be found from this one."""
    content[0] = content[0].replace(":: doc/", ":: ")


def make_tables(app):
    """Make the pages that show tables of the code."""
    from sage.all import SR  # noqa: F401  (Sage's modules of symbolics import each other in the order of sage.all only)

    from sage_tf.networks.coverage import as_page as layers
    from sage_tf.symbolic.coverage import as_page

    (HERE / "reference" / "functions.rst").write_text(as_page())
    (HERE / "reference" / "layers.rst").write_text(layers())


def setup(app):
    """Make the pages of the reference before they are read."""
    options = ["--force", "--separate", "--module-first", "--no-toc"]
    arguments = [*options, "-o", str(HERE / "reference"), str(HERE.parent / "sage_tf")]
    app.connect("builder-inited", lambda _: list_modules(arguments) and None)
    app.connect("builder-inited", make_tables)
    app.connect("include-read", from_here)
