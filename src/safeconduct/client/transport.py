"""How verbs travel: JSON over HTTP with an access token."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2

from safeconduct.model.errors import SafeconductError
from safeconduct.model.text import say

CONFLICT = 409
PARTIAL = 206
PIECE = 8 << 20
TRIES = 5
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
        token: An access token from the page *Connect*; `""` for what is public.
        transport: How requests travel; only tests pass one.
    """

    def __init__(self, url: str, *, token: str = "", transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token.strip()}"} if token.strip() else {}
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

    def take_file(self, verb: str, arguments: Mapping[str, object], *, to: Path | None = None) -> dict[str, object]:
        """Take a file home; where the line breaks it goes on from what arrived.

        Args:
            verb: A verb that hands over a file.
            arguments: Its arguments.
            to: Where to write it; under its own name in this folder by default. What lies there already is gone on
                with, if it is the beginning of the same file.

        Returns:
            `file`, `size` and `sha256`.

        Raises:
            Problem: The site said no, or could not be reached again and again.
        """
        taking, broken = _Taking(path=to), 0
        while True:
            try:
                return self._taken(verb, arguments, taking)
            except Problem as problem:
                broken += 1
                if problem.status or broken > TRIES:
                    raise

    def _taken(self, verb: str, arguments: Mapping[str, object], taking: "_Taking") -> dict[str, object]:
        """One try; what arrived of it stays where it is."""
        headers = {"Idempotency-Key": str(uuid.uuid4()), **taking.range()}
        try:
            with self._http.stream("POST", f"/api/1/{verb}", json=dict(arguments), headers=headers) as response:
                if response.status_code >= FIRST_ERROR:
                    response.read()
                    raise _problem(response)
                with taking.begun(response).open("ab" if response.status_code == PARTIAL else "wb") as file:
                    for piece in response.iter_raw():
                        file.write(piece)
        except httpx2.HTTPError:
            raise Problem(say("the site at {url} cannot be reached", url=self.url).__str__()) from None
        return taking.done()

    def upload(self, path: Path) -> str:
        """Send a file; where the line breaks it goes on from what arrived. The id to hand to a verb.

        Raises:
            Problem: The site said no, or could not be reached again and again.
        """
        size = path.stat().st_size
        upload = str(self.call("begin_upload", {"name": path.name, "size": size})["id"])
        offset, broken = 0, 0
        while offset < size:
            try:
                offset = self._piece(path, upload, offset)
                broken = 0
            except Problem as problem:
                broken += 1
                if problem.status not in {0, CONFLICT} or broken > TRIES:
                    raise
                offset = int(self.call("upload_state", {"upload": upload})["offset"])
        return str(self.call("finish_upload", {"upload": upload})["id"])

    def _piece(self, path: Path, upload: str, offset: int) -> int:
        """Send one piece of a file; where the next begins."""
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(PIECE)
        where = {"upload": upload, "offset": str(offset)}
        return int(self._send("PUT", "/api/1/send_upload", params=where, content=content).json()["offset"])

    def _send(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        try:
            response = self._http.request(method, path, headers=headers, **how)
        except httpx2.HTTPError:
            raise Problem(say("the site at {url} cannot be reached", url=self.url).__str__()) from None
        if response.status_code >= FIRST_ERROR:
            raise _problem(response)
        return response


@dataclass
class _Taking:
    """A file on its way home.

    Attributes:
        path: Where it is written; under its own name once the site told it, where nobody said.
        tag: Digest of the whole file, `""` before the site told it.
    """

    path: Path | None
    tag: str = ""

    def range(self) -> dict[str, str]:
        """What to ask for: the rest of what is here, if the site still has the same file."""
        have = self.path.stat().st_size if self.path is not None and self.path.exists() else 0
        same = {"If-Range": f'"{self.tag}"'} if self.tag else {}
        return {"Range": f"bytes={have}-", **same} if have else {}

    def begun(self, response: httpx2.Response) -> Path:
        """Where this answer's bytes go."""
        self.path = self.path or Path(_named(response))
        self.tag = response.headers["etag"].strip('"')
        return self.path

    def done(self) -> dict[str, object]:
        """The file, held to its digest.

        Raises:
            Problem: What lay there before was not the beginning of this file.
        """
        path = self.path or Path()
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
        if whole != self.tag:
            wrong = say("{file} is not what the site sent; move it away and take the file again", file=path.name)
            raise Problem(str(wrong), status=CONFLICT)
        return {"file": str(path), "size": path.stat().st_size, "sha256": whole}


def _named(response: httpx2.Response) -> str:
    """What the site calls the file, without any folder."""
    name = unquote(response.headers.get("content-disposition", "").partition("filename*=UTF-8''")[2])
    return Path(name).name or "download"


def _problem(response: httpx2.Response) -> Problem:
    try:
        tree = response.json()
    except ValueError:
        tree = {}
    detail = tree.get("detail") or f"the site answered {response.status_code}"
    return Problem(str(detail), status=response.status_code, field=str(tree.get("field", "")))
