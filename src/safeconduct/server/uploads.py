"""Files sent from pages: in pieces by the page's script, or whole by a plain form; encrypted as they arrive."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from safeconduct.actions.doors import visitor
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Upload
from safeconduct.actions.uploading import UploadLine
from safeconduct.actions.verb import verbs
from safeconduct.model.errors import BadInput, NotPermitted, NotSignedIn, SafeconductError, WrongState
from safeconduct.model.text import say
from safeconduct.server.streams import incoming, whole
from safeconduct.server.web import SESSION, local_address, refused

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

CONFLICT, SEE_OTHER = 409, 303
LONGEST_WORD = 4096
MOST_WORDS = 32
PIECE = 4 << 20
BROKEN = say("The form broke off on its way; send it again. What arrived is kept, and goes on where it broke.")

NONE = say("Choose a file first; go back and try again.")


def install(app: FastAPI) -> None:
    """Add the addresses that `present/static/upload.js` and the plain form send to."""
    app.add_api_route("/uploads", _begin, methods=["POST"], include_in_schema=False)
    app.add_api_route("/uploads/form", _form, methods=["POST"], include_in_schema=False)
    app.add_api_route("/uploads/{upload}", _look, methods=["GET"], include_in_schema=False)
    app.add_api_route("/uploads/{upload}", _send, methods=["PUT"], include_in_schema=False)
    app.add_api_route("/uploads/{upload}/finish", _finish, methods=["POST"], include_in_schema=False)


def room_of(request: Request, csrf: str | None) -> Room:
    """The visitor's room, for a request that carries their form token where it changes something.

    Raises:
        NotSignedIn: Nobody is signed in.
        NotPermitted: The token is not theirs.
    """
    site: Site = request.app.state.site
    address = request.client.host if request.client else ""
    who = visitor(site, cookie=request.cookies.get(SESSION, ""), now=datetime.now(UTC), address=address)
    if who is None:
        raise NotSignedIn(say("Sign in first."))
    if csrf is not None and csrf != who.csrf:
        raise NotPermitted(say("This form is too old or came from elsewhere; go back, reload the page and try again."))
    return Room(site, who.caller, datetime.now(UTC))


def _told(line: UploadLine) -> dict[str, object]:
    return {"id": line.id, "offset": line.offset, "size": line.size, "state": line.state}


async def _begin(request: Request) -> Response:
    form = await request.form()
    size = str(form.get("size", "0"))

    def begin() -> Response:
        room = room_of(request, str(form.get("csrf", "")))
        given = {"name": str(form.get("name", "")), "size": whole(size, "size")}
        return JSONResponse(_told(verbs["begin_upload"].call(room, given)))

    return await run_in_threadpool(begin)


def _look(request: Request, upload: str) -> Response:
    return JSONResponse(_told(verbs["upload_state"].call(room_of(request, None), {"upload": upload})))


def _send(request: Request, upload: str, offset: int) -> Response:
    room = room_of(request, request.headers.get("x-csrf", ""))
    try:
        line = verbs["send_upload"].call(room, {"upload": upload, "offset": offset, "content": incoming(request)})
    except WrongState:
        line = verbs["upload_state"].call(room, {"upload": upload})
        return JSONResponse(_told(line), status_code=CONFLICT)
    return JSONResponse(_told(line))


async def _finish(request: Request, upload: str) -> Response:
    def finish() -> Response:
        room = room_of(request, request.headers.get("x-csrf", ""))
        line = verbs["finish_upload"].call(room, {"upload": upload})
        return JSONResponse({**_told(line), "next": f"?upload={line.id}"})

    return await run_in_threadpool(finish)


def _form(request: Request) -> Response:
    """A plain form: its words first, then its files, each of which goes straight into its encrypted upload."""
    reader = FormReader(request)
    try:
        done = reader.run()
    except SafeconductError as error:
        return refused(request, error, title=say("Deposits"), menu="data", back=above(reader.words.get("next", "/")))
    address = local_address(reader.words.get("next", "/"))
    joined = "&".join(f"upload={quote(one)}" for one in done)
    return RedirectResponse(f"{address}{'&' if urlsplit(address).query else '?'}{joined}", status_code=SEE_OTHER)


def above(address: str) -> str:
    """The page with the form: where a form leads on to stands below it.

    Example:
        >>> above("/data/deposits/new?step=2"), above("/new"), above("elsewhere")
        ('/data/deposits', '/', '/')
    """
    return urlsplit(local_address(address)).path.rpartition("/")[0] or "/"


@dataclass
class Arriving:
    """One part of a form on its way: a word, or a file."""

    name: str = ""
    file: str | None = None
    pieces: list[bytes] = field(default_factory=list)
    upload: str = ""
    offset: int = 0


class FormReader:
    """Reads a multipart form as it arrives; a file never lies anywhere in clear, not even in part.

    Args:
        request: The request; its words `csrf` and `next` come before its files.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.words: dict[str, str] = {}
        self._room: Room | None = None
        self._headers: dict[bytes, bytes] = {}
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._part = Arriving()
        self._done: list[str] = []

    def run(self) -> list[str]:
        """Ids of the uploads that arrived whole.

        Raises:
            BadInput: It is no such form, broke off, or holds no file.
            NotSignedIn: Nobody is signed in.
            NotPermitted: The form's token is not theirs.
        """
        kind, options = parse_options_header(self.request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise BadInput(BROKEN)
        parser = MultipartParser(options[b"boundary"], self._callbacks())
        try:
            for piece in incoming(self.request).content:
                parser.write(piece)
                if sum(map(len, self._part.pieces)) >= PIECE or not self._part.upload:
                    self._pass_on()
            parser.finalize()
        except FormParserError:
            raise BadInput(BROKEN) from None
        if not self._done:
            raise BadInput(NONE)
        return self._done

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": lambda data, start, end: self._part.pieces.append(data[start:end]),
            "on_part_end": self._end_part,
        }

    def _begin_part(self) -> None:
        self._part, self._headers = Arriving(), {}

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._part.name = options.get(b"name", b"").decode(errors="replace")
        if b"filename" in options:
            self._part.file = options[b"filename"].decode(errors="replace")
            self._open()

    def _open(self) -> None:
        if self._part.file:
            line = verbs["begin_upload"].call(self._acting(), {"name": self._part.file})
            self._part.upload = line.id

    def _acting(self) -> Room:
        if self._room is None:
            self._room = room_of(self.request, self.words.get("csrf", ""))
        return self._room

    def _pass_on(self) -> None:
        """Send on what has arrived of a file, so that little of it is in memory."""
        part = self._part
        if part.upload and part.pieces:
            content = Upload(_taken(part.pieces))
            given = {"upload": part.upload, "offset": part.offset, "content": content}
            part.offset = verbs["send_upload"].call(self._acting(), given).offset
        elif not part.upload and sum(map(len, part.pieces)) > LONGEST_WORD:
            raise BadInput(BROKEN)

    def _end_part(self) -> None:
        part = self._part
        self._pass_on()
        if part.upload:
            self._done.append(verbs["finish_upload"].call(self._acting(), {"upload": part.upload}).id)
        elif part.file is None:
            if len(self.words) >= MOST_WORDS:
                raise BadInput(BROKEN)
            self.words[part.name] = b"".join(part.pieces).decode(errors="replace")
        self._part = Arriving()


def _taken(pieces: list[bytes]) -> Iterator[bytes]:
    """The pieces, each let go of as it is handed on."""
    while pieces:
        yield pieces.pop(0)
