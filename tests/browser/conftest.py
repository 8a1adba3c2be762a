"""Practice sites, servers in front of them and browsers, for tests through the whole house."""

from browsing import browser, comes
from practice import chromium, practice, url

__all__ = ["browser", "chromium", "comes", "practice", "url"]
