"""Interviews pulled from a server: page by page, once each, only what changed, and whatever it answers never told."""

import io
import json
import logging
from dataclasses import replace

import pytest

from safeconduct.ingest.server_line import Patience
from safeconduct.ingest.survey import Arrived, read
from safeconduct.ingest.survey_pulling import Wanted, pull
from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput, BadSettings, BrokenPromise, SafeconductError, TooMany, Unreadable, Unsafe
from safeconduct.model.servers import ServerSettings
from safeconduct.model.settings import Settings
from safeconduct.store.uploads import Uploads

MB = 1 << 20
MARKER, TOKEN, LOGIN = "Zanele Marker-Dlamini", "a1b2c3-token-marker", "viewer@example.org:password-marker"
UID = "aB3dEfGh9jKl"


@pytest.fixture
def uploads(tmp_path):
    return Uploads(folder=tmp_path / "uploads", keys=FileKeys(True, bytes(32)))


@pytest.fixture(params=["kobo", "odk"])
def wanted(request, played, monkeypatch):
    monkeypatch.setenv("SURVEY_TOKEN", TOKEN if request.param == "kobo" else LOGIN)
    server = ServerSettings(name="Field", kind=request.param, url=played.url, credential="environment:SURVEY_TOKEN")
    form = UID if request.param == "kobo" else "7/needs"
    return Wanted(server=server, form=form, files=("p" * 8, "f" * 8), mark=lambda text: f"#{text}")


@pytest.fixture
def kobo_wanted(played, monkeypatch):
    monkeypatch.setenv("SURVEY_TOKEN", TOKEN)
    server = ServerSettings(name="Field", kind="kobo", url=played.url, credential="environment:SURVEY_TOKEN")
    return Wanted(server=server, form=UID, files=("p" * 8, "f" * 8), mark=lambda text: f"#{text}")


def fetch(wanted, uploads, waited=None):
    waits = waited if waited is not None else []
    return pull(wanted, uploads=uploads, patience=Patience(wait=lambda seconds: bool(waits.append(seconds))))


def names(uploads, found):
    """Who was interviewed, in the order of the lines."""
    with uploads.open(found.files[0]) as file:
        return sorted(json.loads(line)["answers"]["name"] for line in file)


def arrived(uploads, upload):
    about = uploads.upload(upload)
    return Arrived(name=about.name, size=about.offset, open=lambda: io.BytesIO(uploads.open(upload).read()))


def again(wanted, found):
    """The next pull of the same."""
    return replace(wanted, seen=found.seen, earlier=found.files[0], files=("q" * 8, "g" * 8))


def test_every_interview_comes_once_whatever_the_pages(wanted, uploads, played):
    """Seven interviews in pages of three; the link to the next page names another host, which is not asked."""
    found = fetch(wanted, uploads)

    assert names(uploads, found) == [f"{MARKER} {number}" for number in range(1, 8)]
    assert (found.new, found.edited, found.deleted) == (7, 0, 0)


def test_an_interview_that_is_deleted_while_the_list_is_read_hides_no_other(kobo_wanted, uploads, played):
    """The first of seven goes after the first page: the fourth is there, as it was before."""
    first = fetch(kobo_wanted, uploads)
    played.interviews[9] = played.interview(9)
    played.leaving = [1]
    found = fetch(again(kobo_wanted, first), uploads)

    assert names(uploads, found)[-7:] == [f"{MARKER} {number}" for number in (2, 3, 4, 5, 6, 7, 9)]
    assert (found.new, found.deleted) == (1, 0)
    played.interviews[10] = played.interview(10)
    later = fetch(replace(again(kobo_wanted, found), files=("r" * 8, "h" * 8)), uploads)
    assert (later.new, later.deleted) == (1, 1)


def test_a_list_shorter_than_the_server_counts_is_not_believed(uploads, played, monkeypatch):
    """The interview that the next page begins after goes meanwhile: the server answers with an empty page."""
    monkeypatch.setenv("SURVEY_TOKEN", LOGIN)
    server = ServerSettings(name="Field", kind="odk", url=played.url, credential="environment:SURVEY_TOKEN")
    wanted = Wanted(server=server, form="7/needs", files=("p" * 8, "f" * 8), mark=str)
    played.leaving = [3]
    with pytest.raises(BrokenPromise, match="changed while it was read"):
        fetch(wanted, uploads)

    assert uploads.names() == ()
    assert names(uploads, fetch(wanted, uploads)) == [f"{MARKER} {number}" for number in (1, 2, 4, 5, 6, 7)]


def test_what_was_written_down_of_a_recording_stays_where_it_is(kobo_wanted, uploads, played):
    """Transcripts and translations are free text about people."""
    played.interviews[1]["_supplementalDetails"] = {"voice": {"transcript": {"value": "by the river"}}}
    found = fetch(kobo_wanted, uploads)

    assert b"river" not in uploads.open(found.files[0]).read()


def test_what_was_pulled_reads_as_tables_with_the_forms_labels(kobo_wanted, uploads):
    """The same reading as of files that somebody sent; who owns the form on the server is not kept."""
    found = fetch(kobo_wanted, uploads)
    contents = read([arrived(uploads, one) for one in found.files])
    main, members = (one.file for one in contents.tables)

    assert main["sex"].categories[1].labels == {"en": "Woman", "fr": "Femme"}
    assert (members.parent, members.link) == (main.name, ("_parent_index",))
    assert MARKER.encode() not in uploads.open(found.files[1]).read()


def test_a_form_that_the_server_has_no_workbook_of_is_read_without_labels(played, uploads, monkeypatch):
    """The interviews come all the same, with their repeats."""
    monkeypatch.setenv("SURVEY_TOKEN", LOGIN)
    server = ServerSettings(name="Field", kind="odk", url=played.url, credential="environment:SURVEY_TOKEN")
    wanted = Wanted(server=server, form="7/needs", files=("p" * 8, "f" * 8), mark=str)
    found = fetch(wanted, uploads)
    contents = read([arrived(uploads, one) for one in found.files])

    assert [one.file.name for one in contents.tables] == ["survey", "members"]
    assert "SubmitterName" in contents.tables[0].file.names


def test_nothing_new_makes_nothing(wanted, uploads, played):
    """The list is asked for, and nothing else."""
    first = fetch(wanted, uploads)
    played.asked.clear()

    assert fetch(again(wanted, first), uploads) is None
    assert uploads.names() == tuple(sorted(first.files))
    assert played.asked_for("expand") + played.asked_for("%24in") == 0
    assert played.asked_for("fields=") + played.asked_for("select=") == len(played.asked) > 0


def test_only_what_changed_is_asked_for_again(wanted, uploads, played):
    """One edited, one new, one gone: the others are taken from what is still sealed here."""
    first = fetch(wanted, uploads)
    played.interviews |= {2: {**played.interview(2, version=1), "name": "corrected"}, 9: played.interview(9)}
    del played.interviews[5]
    played.asked.clear()
    second = fetch(again(wanted, first), uploads)

    assert names(uploads, second) == sorted([*(f"{MARKER} {one}" for one in (1, 3, 4, 6, 7, 9)), "corrected"])
    assert (second.new, second.edited, second.deleted) == (1, 1, 1)
    assert played.asked_for("%24in") == (1 if wanted.server.kind == "kobo" else 0)
    assert played.asked_for("Submissions(") == (0 if wanted.server.kind == "kobo" else 2)


def test_once_the_last_pull_was_destroyed_everything_comes_again(wanted, uploads, played):
    """What changed is known all the same: from keyed digests of ids and versions."""
    first = fetch(wanted, uploads)
    uploads.destroy(first.files[0])
    played.interviews[9] = played.interview(9)
    second = fetch(again(wanted, first), uploads)

    assert len(names(uploads, second)) == 8
    assert (second.new, second.edited, second.deleted) == (1, 0, 0)


def test_a_server_that_asks_for_patience_is_waited_for_as_long_as_it_says(kobo_wanted, uploads, played):
    """Seven seconds by its own word; a line that breaks is tried again after one."""
    played.answers = [(429, {"Retry-After": "7"}, MARKER.encode()), None]
    waited: list[float] = []

    assert fetch(kobo_wanted, uploads, waited).new == 7
    assert waited[0] == 7
    assert len(waited) == 2


BUSY = (429, {"Retry-After": "1"}, MARKER.encode())
WRONG = {
    "not let in": ([(401, {}, MARKER.encode())], BadInput),
    "not there": ([(404, {}, MARKER.encode())], BadInput),
    "always busy": ([BUSY] * 5, TooMany),
    "always cut": ([None] * 10, BrokenPromise),
    "always broken": ([(500, {}, MARKER.encode())] * 5, BrokenPromise),
    "no JSON": ([(200, {}, f"<html>{MARKER}".encode())], Unreadable),
    "deep JSON": ([(200, {}, b"[" * 200_000)], Unreadable),
    "another shape": ([(200, {}, json.dumps({"results": MARKER, "value": MARKER}).encode())], Unreadable),
    "ids of another kind": (
        [(200, {}, json.dumps({"results": [{"_id": MARKER, "_uuid": MARKER}]}).encode())],
        Unreadable,
    ),
    "no gzip": ([(200, {"Content-Encoding": "gzip"}, MARKER.encode())] * 5, BrokenPromise),
    "sent elsewhere": ([(302, {"Location": f"https://elsewhere.example/{MARKER}"}, b"")], BadInput),
    "sent in a circle": ([(302, {"Location": f"/{MARKER}"}, b"")] * 9, BadInput),
}


@pytest.mark.parametrize(("answers", "sort"), WRONG.values(), ids=WRONG)
def test_whatever_a_server_answers_no_word_of_it_is_told(kobo_wanted, uploads, played, caplog, answers, sort):
    """Neither its words, nor the credential, nor its address; and nothing of what came stays."""
    caplog.set_level(logging.DEBUG)
    played.answers = list(answers)
    with pytest.raises(sort) as told:
        fetch(kobo_wanted, uploads)

    said = f"{told.value!r} {told.value.text.values} {caplog.text}"
    assert not [one for one in (MARKER, TOKEN) if one in said]
    assert told.value.__cause__ is None
    assert uploads.names() == ()


def test_nothing_stays_of_a_pull_that_broke_off_half_way(kobo_wanted, uploads, played):
    """The list came, then the second page of answers is none."""
    pages = [(200, {}, json.dumps(tree).encode()) for tree in (
        {"results": [{"_id": one, "_uuid": f"u{one}-0"} for one in range(1, 800)], "next": None},
        {"name": "", "content": {"survey": []}},
        {"results": [played.interview(1)], "next": "?start=1"},
        {"results": MARKER},
    )]  # fmt: skip
    played.answers = pages
    with pytest.raises(Unreadable):
        fetch(kobo_wanted, uploads)

    assert uploads.names() == ()


def test_more_than_may_be_is_not_taken(kobo_wanted, uploads, played):
    """A megabyte is the most here; it is counted as it is after it was unpacked."""
    small = replace(kobo_wanted, server=replace(kobo_wanted.server, most_mb=1))
    played.interviews[1]["name"] = "x" * (2 * MB)
    with pytest.raises(BrokenPromise, match="most_mb"):
        fetch(small, uploads)

    assert uploads.names() == ()


def test_a_pull_that_was_stopped_stops(kobo_wanted, uploads, played):
    """While it waits for a busy server."""
    played.answers = [BUSY]
    with pytest.raises(BrokenPromise, match="stopped"):
        pull(kobo_wanted, uploads=uploads, patience=Patience(wait=lambda _: True))


@pytest.mark.parametrize(
    "url", ["http://kobo.example", "https://a:b@kobo.example", "https://kobo.example?x=1", "ftp://x"]
)
def test_an_address_without_tls_or_with_a_credential_in_it_is_refused(url):
    """Only this machine may be asked without TLS; the address is not quoted."""
    with pytest.raises(BadSettings) as told:
        Settings.from_tree({"servers": [{"name": "a", "kind": "kobo", "url": url, "credential": "environment:X"}]})

    assert url not in str(told.value)


def test_a_token_in_the_settings_is_refused():
    """They say where it is."""
    server = {"name": "a", "kind": "kobo", "url": "https://kobo.example", "credential": TOKEN}
    with pytest.raises(BadSettings) as told:
        Settings.from_tree({"servers": [server]})

    assert TOKEN not in str(told.value)


def test_a_credential_that_others_may_read_is_not_used(kobo_wanted, uploads, tmp_path, played):
    """Nothing is sent."""
    (tmp_path / "token").write_text(TOKEN, encoding="ascii")
    (tmp_path / "token").chmod(0o644)
    server = replace(kobo_wanted.server, credential=f"file:{tmp_path / 'token'}")
    with pytest.raises(Unsafe):
        fetch(replace(kobo_wanted, server=server), uploads)

    assert played.asked == []


@pytest.mark.parametrize("form", ["../../me", "aB3dEfGh9jKl?x=1", "7/needs", ""])
def test_an_id_is_nothing_but_an_id(kobo_wanted, uploads, played, form):
    """It cannot lead anywhere else on the server."""
    with pytest.raises(SafeconductError):
        fetch(replace(kobo_wanted, form=form), uploads)

    assert played.asked == []
