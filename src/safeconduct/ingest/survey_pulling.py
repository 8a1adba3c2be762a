"""Interviews pulled from a server into sealed uploads, as if somebody had sent the files; nothing is written in clear.

The server's list of interviews says what is new, edited and gone. While the interviews of the last pull are still
sealed here only what changed is asked for; once they were kept or destroyed everything is.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from safeconduct.ingest.server_base import FormFile, Submission, SurveyServer, servers
from safeconduct.ingest.server_line import Line, Patience
from safeconduct.ingest.survey_pulled import PULLED
from safeconduct.keys.credentials import credential
from safeconduct.model.errors import BadInput
from safeconduct.model.servers import ServerSettings
from safeconduct.model.text import say
from safeconduct.store.uploads import Uploads

Mark = Callable[[str], str]
CALLED = "survey"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be pulled, and what came with the last pull.

    Attributes:
        server: Where from.
        form: The server's id of the form.
        files: Handles of the uploads to make: the interviews, then the form.
        mark: Makes of an id, or a version, what may be kept of it: a keyed digest.
        seen: Version by id of every interview of the last pull, as `mark` makes them.
        earlier: Upload with the interviews of the last pull, `""` where there is none.
    """

    server: ServerSettings
    form: str
    files: tuple[str, str]
    mark: Mark = field(repr=False)
    seen: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    earlier: str = ""


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What was pulled.

    Attributes:
        files: Handles of the uploads, finished: the interviews, and the form where the server has it.
        seen: Version by id of every interview in them, as the next pull wants it.
        new: Interviews that were not there before.
        edited: Interviews that were changed on the server.
        deleted: Interviews that are gone from the server.
    """

    files: tuple[str, ...]
    seen: Mapping[str, str] = field(hash=False, repr=False)
    new: int
    edited: int
    deleted: int


def check_form(kind: str, form: str) -> None:
    """Hold the id of a form to what ids are on a kind of server; nothing is asked.

    Raises:
        UnknownName: There is no such kind of server.
        BadInput: It is no such id.
    """
    servers[kind]().check(form)


def pull(wanted: Wanted, *, uploads: Uploads, patience: Patience) -> Pulled | None:
    """Bring every interview there is now into uploads; `None` where nothing changed since the last pull.

    Args:
        wanted: What to pull.
        uploads: Where it goes; what was left there under the same handles is destroyed first.
        patience: How long it may take.

    Raises:
        BadInput: The server does not know us, or does not have the form or any interviews.
        Unreadable: Its answers are none.
        TooMany: It asks to be asked less.
        BrokenPromise: It cannot be reached. Whatever goes wrong, nothing of what came stays.
        StoreFull: The disk is full.
    """
    kind = servers[wanted.server.kind]()
    kind.check(wanted.form)
    headers = kind.headers(credential(wanted.server.credential))
    with Line(wanted.server, headers, patience) as line:
        there = {one.id: one.version for one in kind.listed(line, wanted.form)}
        if _marked(wanted.mark, there) == wanted.seen:
            return None
        if not there:
            raise BadInput(say("The server has no interviews of this form; nothing was brought."), field="form")
        form = kind.form(line, wanted.form)
        return _into_uploads(_Pull(kind, line, wanted, there), form, uploads)


@dataclass(frozen=True)
class _Pull:
    """A pull that is going on; `got` fills with the version of each interview as it is written."""

    kind: SurveyServer
    line: Line = field(repr=False)
    wanted: Wanted
    there: Mapping[str, str] = field(repr=False)
    got: dict[str, str] = field(default_factory=dict, repr=False)

    def pieces(self, uploads: Uploads) -> Iterator[bytes]:
        """Every interview as a line: those that did not change from the last pull, the others from the server."""
        yield from self._unchanged(uploads)
        missing = self.there.keys() - self.got.keys()
        few = bool(self.got) and len(missing) <= self.kind.few
        asked = self.kind.chosen if few else lambda line, form, _: self.kind.every(line, form)
        yield from self._taken(asked(self.line, self.wanted.form, sorted(missing)))
        left = sorted(self.there.keys() - self.got.keys())
        if left and not few:  # pages moved while they were read
            yield from self._taken(self.kind.chosen(self.line, self.wanted.form, left))

    def _taken(self, found: Iterator[Submission]) -> Iterator[bytes]:
        for one in found:
            if one.id in self.there and one.id not in self.got:
                self.got[one.id] = one.version
                tree = {"id": one.id, "version": one.version, "answers": dict(one.answers)}
                yield json.dumps(tree).encode() + b"\n"

    def _unchanged(self, uploads: Uploads) -> Iterator[bytes]:
        if self.wanted.earlier not in uploads.names():
            return
        with uploads.open(self.wanted.earlier) as file:
            for line in file:
                tree = json.loads(line)
                if self.there.get(tree["id"]) == tree["version"]:
                    self.got[tree["id"]] = tree["version"]
                    yield line


def _into_uploads(pulling: _Pull, form: FormFile | None, uploads: Uploads) -> Pulled:
    interviews, asked = pulling.wanted.files
    for one in pulling.wanted.files:
        uploads.destroy(one)
    try:
        _written(uploads, interviews, f"{CALLED}{PULLED}", pulling.pieces(uploads))
        if form is not None:
            _written(uploads, asked, f"{CALLED}{form.ending}", iter([form.content]))
    except BaseException:
        for one in pulling.wanted.files:
            uploads.destroy(one)
        raise
    return _told(pulling, (interviews, asked) if form is not None else (interviews,))


def _written(uploads: Uploads, upload: str, name: str, pieces: Iterator[bytes]) -> None:
    uploads.begin(upload, name=name)
    uploads.append(upload, 0, pieces)
    uploads.finish(upload)


def _told(pulling: _Pull, files: tuple[str, ...]) -> Pulled:
    before, now = pulling.wanted.seen, _marked(pulling.wanted.mark, pulling.got)
    both = before.keys() & now.keys()
    return Pulled(
        files=files,
        seen=now,
        new=len(now) - len(both),
        edited=sum(before[one] != now[one] for one in both),
        deleted=len(before) - len(both),
    )


def _marked(mark: Mark, versions: Mapping[str, str]) -> dict[str, str]:
    return {mark(one): mark(f"{one}/{version}") for one, version in versions.items()}
