"""KoboToolbox, API v2: the form's content, and its submissions page by page."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from safeconduct.ingest.server_base import (
    FormFile,
    Submission,
    SurveyServer,
    member,
    no_such_form,
    out_of_order,
    servers,
)
from safeconduct.ingest.server_line import Line
from safeconduct.ingest.survey_asset import ASSET
from safeconduct.keys.credentials import Credential

A_PAGE = 500
AT_ONCE = 50
ID = re.compile(r"[A-Za-z0-9]{8,40}")
LEFT = frozenset({
    "_attachments", "_notes", "_tags", "_geolocation", "_validation_status", "_xform_id_string", "_supplementalDetails",
})  # fmt: skip
"""What the server adds beside answers in another shape than exports do; pictures and sound stay where they are, and so
does what was transcribed and translated from sound."""


@servers
class Kobo(SurveyServer):
    """A KoboToolbox server. The credential is the API key from its account settings.

    An interview is told by `_id`, which stays, and `_uuid`, which changes whenever it is edited; of edits in bulk the
    server's authors say that it may not. A server gives 1,000 interviews a page at most, and 100 where nobody says.
    """

    name: ClassVar[str] = "kobo"

    def headers(self, credential: Credential) -> Mapping[str, str]:
        """The token."""
        return {"Authorization": f"Token {credential.text}", "Accept": "application/json"}

    def check(self, form: str) -> None:
        """The `uid` in the form's address."""
        if not ID.fullmatch(form):
            raise no_such_form()

    def form(self, line: Line, form: str) -> FormFile:
        """Name and content of the form as it is now; nothing else of it is kept."""
        asset = line.json(f"api/v2/assets/{form}/", {"format": "json"})
        content = member(asset, "content", dict)
        kept = {"uid": form, "name": str(asset.get("name", "")), "content": content}
        return FormFile(ending=ASSET, content=json.dumps(kept).encode())

    def listed(self, line: Line, form: str) -> Iterator[Submission]:
        """Ids alone."""
        yield from map(_told, _pages(line, form, {}, fields='["_id","_uuid"]'))

    def every(self, line: Line, form: str) -> Iterator[Submission]:
        """By `_id`, so that what arrives meanwhile comes last."""
        yield from map(_whole, _pages(line, form, {}))

    def chosen(self, line: Line, form: str, ids: Sequence[str]) -> Iterator[Submission]:
        """By a query for their ids."""
        for at in range(0, len(ids), AT_ONCE):
            wanted = [int(one) for one in ids[at : at + AT_ONCE]]
            yield from map(_whole, _pages(line, form, {"$in": wanted}))


def _pages(line: Line, form: str, where: Mapping[str, object], **asked: str) -> Iterator[Any]:
    """Every interview by its `_id`, each page from the last one on.

    A page counted from the start would pass an interview over where one before it was deleted meanwhile, and that one
    would be told as deleted too.
    """
    last = 0
    query = {"format": "json", "limit": str(A_PAGE), "start": "0", "sort": '{"_id":1}', **asked}
    while True:
        page = line.json(f"api/v2/assets/{form}/data/", {**query, "query": json.dumps({"_id": {**where, "$gt": last}})})
        rows = member(page, "results", list)
        for one in rows:
            before, last = last, member(one, "_id", int)
            if last <= before:
                raise out_of_order()
            yield one
        if not rows or not page.get("next"):
            return


def _told(tree: Any) -> Submission:
    return Submission(id=str(member(tree, "_id", int)), version=member(tree, "_uuid", str))


def _whole(tree: Any) -> Submission:
    told = _told(tree)
    answers = {name: value for name, value in tree.items() if name not in LEFT}
    return Submission(id=told.id, version=told.version, answers=answers)
