"""The files pages ask for beside their own text: one style sheet, and two small scripts that add comfort."""

import hashlib
from enum import StrEnum
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SERVED_AT = "/static"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Script(StrEnum):
    """Our own scripts; a page asks for one by its block, and nothing runs that is not among them.

    `UPLOAD` sends files piece by piece and goes on after a cut. `KEYS` gives review pages a key for each link.
    """

    UPLOAD = "upload.js"
    KEYS = "keys.js"


@cache
def address(name: str) -> str:
    """Where a static file is served, with a piece of its SHA-256, so that a browser may keep it for ever.

    Example:
        >>> address("safeconduct.css").startswith("/static/safeconduct.css?v=")
        True
    """
    stamp = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{SERVED_AT}/{name}?v={stamp}"
