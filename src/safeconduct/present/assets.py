"""The files pages ask for beside their own text: one style sheet, no script."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SERVED_AT = "/static"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def address(name: str) -> str:
    """Where a static file is served, with a piece of its SHA-256, so that a browser may keep it for ever.

    Example:
        >>> address("safeconduct.css").startswith("/static/safeconduct.css?v=")
        True
    """
    stamp = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{SERVED_AT}/{name}?v={stamp}"
