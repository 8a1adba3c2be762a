"""ODK Central: the form's XLSForm, and its submissions as OData page by page, repeats inside them."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from safeconduct.ingest.server_base import (
    FormFile,
    Submission,
    SurveyServer,
    member,
    no_such_form,
    out_of_order,
    servers,
)
from safeconduct.ingest.server_line import Line, Query, next_query
from safeconduct.keys.credentials import Credential
from safeconduct.model.errors import BadInput, BadSettings
from safeconduct.model.text import say

A_PAGE = 250
ID = re.compile(r"([1-9][0-9]{0,8})/([^/\x00-\x1f]{1,200})")
NAMES = {
    "submissionDate": "SubmissionDate", "updatedAt": "UpdatedAt", "submitterId": "SubmitterID",
    "submitterName": "SubmitterName", "status": "Status", "reviewState": "ReviewState", "deviceId": "DeviceID",
    "edits": "Edits", "formVersion": "FormVersion",
}  # fmt: skip
"""What the server says of a submission, under the names its own exports have."""


@servers
class Odk(SurveyServer):
    """An ODK Central server. The credential is `EMAIL:PASSWORD` of a web user who may only view the project.

    An interview is told by its instance id, which stays, and by when it was last edited.
    """

    name: ClassVar[str] = "odk"

    def headers(self, credential: Credential) -> Mapping[str, str]:
        """Basic authentication, which Central takes over TLS."""
        if ":" not in credential.text:
            raise BadSettings(say("the credential of an ODK server is EMAIL:PASSWORD in one line"), field="servers")
        return {"Authorization": f"Basic {base64.b64encode(credential.text.encode()).decode()}"}

    def check(self, form: str) -> None:
        """The project's number and the form's id."""
        _path(form)

    def form(self, line: Line, form: str) -> FormFile | None:
        """The XLSForm that was uploaded to the server, where that is how the form came."""
        content = line.content(f"{_path(form)}.xlsx", absent=True)
        return FormFile(ending=".xlsx", content=content) if content else None

    def listed(self, line: Line, form: str) -> Iterator[Submission]:
        """Ids and dates alone."""
        yield from map(_told, _pages(line, form, {"$select": "__id,__system"}))

    def every(self, line: Line, form: str) -> Iterator[Submission]:
        """With repeats inside, and places as text."""
        yield from map(_whole, _pages(line, form, {"$expand": "*", "$wkt": "true"}))

    def chosen(self, line: Line, form: str, ids: Sequence[str]) -> Iterator[Submission]:
        """One by one."""
        for one in ids:
            key = quote(one.replace("'", "''"), safe="")
            asked = {"$expand": "*", "$wkt": "true"}
            content = line.content(f"{_path(form)}.svc/Submissions('{key}')", asked, absent=True)
            if content is not None:
                found = line.read(content)
                yield from map(_whole, member(found, "value", list))


def _path(form: str) -> str:
    found = ID.fullmatch(form)
    if found is None or found.group(2) in {".", ".."}:
        raise no_such_form()
    return f"v1/projects/{found.group(1)}/forms/{quote(found.group(2), safe='')}"


def _pages(line: Line, form: str, asked: Query) -> Iterator[Any]:
    """Every interview, page by page; never fewer than the server counts.

    A link to the next page names the last interview of this one, and where that one was deleted meanwhile a server
    answers with an empty page: the rest would be told as deleted.
    """
    query: Query | None = {"$top": str(A_PAGE), "$count": "true", **asked}
    seen: set[str] = set()
    there, told = 0, None
    while query is not None and str(sorted(query.items())) not in seen:
        seen.add(str(sorted(query.items())))
        page = line.json(f"{_path(form)}.svc/Submissions", query)
        rows = member(page, "value", list)
        yield from (one for one in rows if not member(one, "__system", dict).get("deletedAt"))
        there, told = there + len(rows), page.get("@odata.count")
        query = next_query(page.get("@odata.nextLink"))
    if isinstance(told, int) and there < told:
        raise out_of_order()


def _told(tree: Any) -> Submission:
    system = member(tree, "__system", dict)
    version = f"{system.get('updatedAt') or system.get('submissionDate')}/{system.get('edits')}"
    return Submission(id=member(tree, "__id", str), version=version)


def _whole(tree: Any) -> Submission:
    told, system = _told(tree), tree["__system"]
    if str(system.get("status") or "").lower() == "notdecrypted":
        raise BadInput(
            say(
                "The answers to this form are encrypted on the server; download them with your key and send the files."
            ),
            field="form",
        )
    said = {ours: system.get(theirs) for theirs, ours in NAMES.items()}
    answers = {name: value for name, value in tree.items() if not name.startswith("__")}
    return Submission(id=told.id, version=told.version, answers={**answers, **said, "KEY": told.id})
