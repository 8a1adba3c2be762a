"""Where the help says something of a page."""

import re

from safeconduct.server.page import PageSpec

HELP = "/help"
NO_LETTERS = re.compile(r"[^a-z]+")


def anchor(path: str) -> str:
    """The id of a page's paragraph, from the page's address; a variable part is called by its name.

    Example:
        >>> anchor("/assurance/levels/{name}"), anchor("/data/studies/{study}/describe/{file}/{name:path}")
        ('assurance-levels-name', 'data-studies-study-describe-file-name-path')
    """
    return NO_LETTERS.sub("-", path).strip("-")


def help_link(spec: PageSpec) -> str:
    """The address of a page's own paragraph in the help."""
    return f"{HELP}#{anchor(spec.path)}"
