"""How verbs travel: JSON over HTTP with an access token."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx2

from safeconduct.model.errors import SafeconductError
from safeconduct.model.text import say

REDIRECTS = frozenset({302, 303, 307})
FIRST_ERROR = 400


class Problem(SafeconductError):
    """The site said no, or could not be reached.

    Attributes:
        status: HTTP status code, 0 where no answer came.
    """

    def __init__(self, message: str, *, status: int = 0, field: str = "") -> None:
        super().__init__(message, field=field)
        self.status = status


class Transport:
    """A connection to one site.

    Args:
        url: The site's address, such as `https://safeconduct.example.org`.
        token: An access token from the page *Connect*.
        transport: How requests travel; only tests pass one.
    """

    def __init__(self, url: str, *, token: str, transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token.strip()}"}
        self._http = httpx2.Client(base_url=self.url, headers=headers, timeout=60.0, transport=transport)

    def __repr__(self) -> str:
        """Where it goes, never the token."""
        return f"{type(self).__name__}({self.url!r})"

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call a verb by name.

        Raises:
            Problem: The site said no, or could not be reached.
        """
        given = {name: value for name, value in (arguments or {}).items() if value is not None}
        return self._send("POST", f"/api/1/{verb}", json=given).json()

    def get(self, path: str) -> Any:
        """Read an address of the API.

        Raises:
            Problem: The site said no, or could not be reached.
        """
        response = self._send("GET", path)
        if response.status_code in REDIRECTS:
            return self.get(response.headers["location"])
        return response.json()

    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:
        """The bytes of a file that a verb gives.

        Raises:
            Problem: The site said no, or could not be reached.
        """
        return bytes(self._send("POST", f"/api/1/{verb}", json=dict(arguments)).content)

    def _send(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        try:
            response = self._http.request(method, path, headers=headers, **how)
        except httpx2.HTTPError:
            raise Problem(say("the site at {url} cannot be reached", url=self.url).__str__()) from None
        if response.status_code >= FIRST_ERROR:
            raise _problem(response)
        return response


def _problem(response: httpx2.Response) -> Problem:
    try:
        tree = response.json()
    except ValueError:
        tree = {}
    detail = tree.get("detail") or f"the site answered {response.status_code}"
    return Problem(str(detail), status=response.status_code, field=str(tree.get("field", "")))
