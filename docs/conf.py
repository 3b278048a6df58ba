"""Sphinx: `nox -s docs` builds these pages into build/docs, with every warning an error."""

import re

project = "LokDarpan"
author = "the LokDarpan founders"
html_title = "LokDarpan · लोकदर्पण"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.doctest", "sphinx.ext.viewcode", "sphinx_click"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
html_theme = "furo"
html_theme_options = {"source_edit_link": ""}
html_show_copyright = False
exclude_patterns = ["images"]

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
add_module_names = False
python_use_unqualified_type_names = True
suppress_warnings = ["myst.xref_missing"]  # links out of docs/ (README, examples) are checked by tests/docs


def as_code(lines: list[str]) -> None:
    """Docstrings are written in Markdown's way: what stands in backticks or is indented is code, and nothing else is
    markup."""
    text = re.sub(r"(?<=\n)(\S.*\n)\n(?=    )", r"\1\n::\n\n", "\n".join(["", *lines]))[1:]
    parts = re.split(r"(`[^`\n]+(?:\n[^`\n]+)?`)", text)
    parts[1::2] = [f"``{part[1:-1]}``\\ " for part in parts[1::2]]
    parts[::2] = [re.sub(r"([*_|])", r"\\\1", part) for part in parts[::2]]
    lines[:] = "".join(parts).splitlines()


def setup(app):
    """Read docstrings and help texts so."""
    app.connect("autodoc-process-docstring", lambda *event: as_code(event[-1]))
    app.connect("sphinx-click-process-description", lambda *event: as_code(event[-1]))
