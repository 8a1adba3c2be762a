"""A server on this machine that speaks like KoboToolbox and like ODK Central, and can be told to misbehave."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest

MARKER = "Zanele Marker-Dlamini"
TOKEN = "a1b2c3-token-marker"
LOGIN = "viewer@example.org:password-marker"
UID = "aB3dEfGh9jKl"
FORM = {
    "name": "Needs of households",
    "owner__username": MARKER,
    "content": {
        "translations": ["English (en)", "Français (fr)"],
        "settings": {"default_language": "English (en)"},
        "survey": [
            {"type": "text", "name": "name", "label": ["Name", "Nom"]},
            {"type": "select_one", "select_from_list_name": "sexes", "name": "sex", "label": ["Sex", "Sexe"]},
            {"type": "begin_repeat", "name": "members", "label": ["Members", "Membres"]},
            {"type": "integer", "name": "age", "label": ["Age", "Âge"]},
            {"type": "end_repeat"},
        ],
        "choices": [
            {"list_name": "sexes", "name": "1", "label": ["Man", "Homme"]},
            {"list_name": "sexes", "name": "2", "label": ["Woman", "Femme"]},
        ],
    },
}


def kobo(number: int, *, version: int = 0) -> dict:
    """An interview as Kobo has it."""
    answers = {"name": f"{MARKER} {number}", "sex": str(1 + number % 2), "members": [{"members/age": 30}]}
    return {"_id": number, "_uuid": f"u{number}-{version}", "_attachments": [{"filename": MARKER}], **answers}


@dataclass
class Played:
    """What the server has, and how it behaves.

    Attributes:
        interviews: Interviews by id, as Kobo has them.
        asked: Every path that was asked for, with its query.
        answers: What is answered instead, by turns: status, headers, content; `None` cuts the line.
        a_page: Interviews a page.
        leaving: Who is deleted after each page of a list, by turns; `None` for nobody.
    """

    url: str = ""
    interviews: dict[int, dict] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes] | None] = field(default_factory=list)
    a_page: int = 3
    leaving: list[int | None] = field(default_factory=list)

    def page_told(self) -> None:
        """Time passes on the server after it told a page."""
        if self.leaving and (gone := self.leaving.pop(0)):
            del self.interviews[gone]

    @staticmethod
    def interview(number: int, *, version: int = 0) -> dict:
        return kobo(number, version=version)

    def asked_for(self, part: str) -> int:
        return sum(part in one for one in self.asked)

    def reply(self, path: str, query: dict[str, str], authorization: str) -> tuple[int, object]:
        if path.startswith("/v1/"):
            known = "dmlld2VyQGV4YW1wbGUub3JnOnBhc3N3b3JkLW1hcmtlcg==" in authorization
            return self.odk(path, query) if known else (401, {"message": MARKER})
        return self.kobo(path, query) if authorization == f"Token {TOKEN}" else (401, {"detail": MARKER})

    def kobo(self, path: str, query: dict[str, str]) -> tuple[int, object]:
        if path == f"/api/v2/assets/{UID}/":
            return 200, FORM
        if path != f"/api/v2/assets/{UID}/data/":
            return 404, {"detail": MARKER}
        where = json.loads(query.get("query", "{}")).get("_id", {})
        wanted, after = where.get("$in"), where.get("$gt", 0)
        found = [self.interviews[one] for one in sorted(self.interviews)
                 if (wanted is None or one in wanted) and one > after]  # fmt: skip
        start = int(query["start"])
        page = found[start : start + self.a_page]
        if "fields" in query:
            page = [{name: one[name] for name in json.loads(query["fields"])} for one in page]
        more = start + self.a_page < len(found)
        link = f"http://elsewhere.example/?{self.query(query, start=str(start + self.a_page))}"
        self.page_told()
        return 200, {"count": len(found), "next": link if more else None, "results": page}

    def odk(self, path: str, query: dict[str, str]) -> tuple[int, object]:
        if not path.startswith("/v1/projects/7/forms/needs.svc/Submissions"):
            return 404, {"message": MARKER}
        found = [self.as_odk(self.interviews[one], whole="$expand" in query) for one in sorted(self.interviews)]
        if "('" in path:
            found = [one for one in found if f"'{one['__id']}'" in path]
            return (200, {"value": found}) if found else (404, {"message": MARKER})
        after, ids = query.get("$skiptoken", ""), [one["__id"] for one in found]
        start = (ids.index(after) + 1 if after in ids else len(ids)) if after else 0
        page, more = found[start : start + self.a_page], start + self.a_page < len(found)
        link = f"{self.url}{path}?{self.query(query, **{'$skiptoken': page[-1]['__id'] if page else ''})}"
        self.page_told()
        return 200, {"@odata.count": len(found), "value": page, **({"@odata.nextLink": link} if more else {})}

    def as_odk(self, one: dict, *, whole: bool) -> dict:
        told = {"__id": f"uuid:{one['_id']}", "__system": {"submissionDate": "2026-03-01T00:00:00.000Z",
                "updatedAt": one["_uuid"], "edits": 0, "submitterName": MARKER, "status": None}}  # fmt: skip
        members = [{"__id": "m", "age": member["members/age"]} for member in one["members"]]
        return {**told, "name": one["name"], "sex": one["sex"], "members": members} if whole else told

    @staticmethod
    def query(query: dict[str, str], **changed: str) -> str:
        return urlencode({**query, **changed})


@pytest.fixture
def played() -> Iterator[Played]:
    """The server, with seven interviews."""
    what = Played(interviews={number: kobo(number) for number in range(1, 8)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            what.asked.append(self.path)
            if what.answers:
                self.misbehave(what.answers.pop(0))
                return
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, tree = what.reply(unquote(parts.path), query, self.headers.get("Authorization", ""))
            self.send(status, {"Content-Type": "application/json"}, json.dumps(tree).encode())

        def misbehave(self, answer: tuple[int, dict[str, str], bytes] | None) -> None:
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(2)
            else:
                self.send(*answer)

        def send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        what.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield what
        server.shutdown()
        thread.join()
