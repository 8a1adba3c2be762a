"""The same verbs over HTTP, for notebooks.

Installs without engines.

Example:
    >>> from safeconduct.client import Client
    >>> Client("https://site.example", token="...").url
    'https://site.example'
"""

from safeconduct.client.client import Answer, Client, Refused
from safeconduct.client.transport import Problem

__all__ = ["Answer", "Client", "Problem", "Refused"]
