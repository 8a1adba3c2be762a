"""The second main job by API and by shell alone, from the first byte to a proof that holds elsewhere."""

import hashlib
import json
import time
import zipfile
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from safeconduct.client import Client, Problem
from shelled import program

pytestmark = pytest.mark.slow
STEWARD = ("deposit", "curate", "describe", "measure", "propose", "publish")


def done(client: Client, task: dict) -> dict:
    """Wait for long work, as a script does."""
    end = time.monotonic() + 120
    while task["state"] in {"queued", "running"} and time.monotonic() < end:
        time.sleep(0.1)
        task = client.call("task", {"key": task["key"]})
    assert task["state"] == "done", task
    return task


@pytest.fixture(scope="module")
def served(stages, publishing, tmp_path_factory):
    """A site without anything, with a server and a worker."""
    office = publishing.copied(stages["empty"], tmp_path_factory.mktemp("api"))
    with publishing.serving(office) as found:
        yield found
    office.site.ledger.close()


@pytest.fixture(scope="module")
def walked(served, publishing, material, tmp_path_factory):
    """The whole job over HTTP, each step with the token of the account whose step it is."""
    home = tmp_path_factory.mktemp("home")
    with served.client("amara", *STEWARD) as steward:
        described(steward, publishing, steward.upload(material))
        edition = done(steward, steward.call("draft_edition", {"study": publishing.STUDY, "access": "licensed"}))
        steward.call("submit_edition", {"edition": edition["result"]})
        reviewed(served, edition["result"])
        done(steward, steward.call("publish_edition", {"edition": edition["result"]}))
    return received(served, publishing, home)


def described(steward: Client, publishing, upload: str) -> None:
    study = publishing.STUDY
    said = {"study": study, "title": "As received", "collected_by": "Us", "basis": "public interest"}
    deposit = done(steward, steward.call("deposit", {"uploads": [upload], **said}))["result"]
    steward.call("decide_roles", {"deposit": deposit, "roles": publishing.roles_of(publishing.survey(1))})
    done(steward, steward.call("keep_records", {"deposit": deposit}))
    steward.call("describe_study", {"study": study, "fields": publishing.DESCRIPTION})
    steward.call("write_plan", {"study": study, "steps": list(publishing.PLAN)})
    done(steward, steward.call("try_plan", {"study": study}))


def reviewed(served, edition: str) -> None:
    with served.client("farid", "measure", "check") as checker:
        checker.call("review", {"edition": edition})
        checker.call("vote", {"edition": edition, "verdict": "approve"})
    with served.client("dara", "measure", "approve") as officer:
        officer.call("approve_edition", {"edition": edition})


PERSON = {
    "login": "nadia", "name": "Nadia", "password": "another long pass phrase", "organisation": "Third University",
    "kind": "university", "agreed": True,
}  # fmt: skip


def received(served, publishing, home) -> dict:
    public = Client(served.url, token="")
    public.call("register", PERSON)
    assert [one["study"] for one in public.call("search", {"text": "wages"})["hits"]] == [publishing.STUDY]
    public.close()
    with served.client("nadia", "request", "receive") as researcher:
        asked = requested(researcher, publishing)
        with served.client("farid", "decide") as committee:
            given = {"request": asked, "decision": "approve", "reasons": "Sound."}
            assert committee.call("decide_request", given)["request"]["state"] == "approved"
        view = researcher.call("my_licences")[0]
        licence = view["licence"]["id"]
        researcher.call("accept_licence", {"licence": licence, "offer": view["offer"]})
        begun = researcher.call("begin_delivery", {"licence": licence, "file": "people.dta"})
        done(researcher, begun["work"])
        where = {"licence": licence, "delivery": begun["id"]}
        taken = researcher.take_file("fetch_delivery", where, to=home / "edition.zip")
        left = researcher.call("licence_state", {"licence": licence})["left"]["people.dta"]
    return {"file": home / "edition.zip", "taken": taken, "left": left, "home": home}


def requested(researcher: Client, publishing) -> str:
    asked = researcher.call("begin_request", {"study": publishing.STUDY})["request"]["id"]
    ends = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    fields = {**publishing.REQUEST, "organisation": "Third University", "completion": ends}
    team = [{"name": "Nadia", "title": "Dr", "affiliation": "Third University", "login": "nadia"}]
    researcher.call("write_request", {"request": asked, "fields": fields, "team": team})
    researcher.call("submit_request", {"request": asked})
    return asked


def test_what_arrived_is_what_left(walked):
    """Byte for byte, and counted once."""
    assert hashlib.sha256(walked["file"].read_bytes()).hexdigest() == walked["taken"]["sha256"]
    assert walked["left"] == 2


def test_the_delivered_file_is_proven_where_it_was_taken_to(walked):
    """Offline, from the manifest in its reader's name; a practice site's only if that is said."""
    with zipfile.ZipFile(walked["file"]) as book:
        book.extractall(walked["home"] / "open")
    manifest = walked["home"] / "open" / "manifest.json"

    assert program("verify", manifest, "--training", "--json").returncode == 0
    assert program("verify", manifest, "--json").returncode == 1
    assert json.loads(manifest.read_text(encoding="utf-8"))["licence"]


def test_a_delivered_file_that_was_changed_is_found(walked):
    """One byte of the data."""
    folder = walked["home"] / "changed"
    with zipfile.ZipFile(walked["file"]) as book:
        book.extractall(folder)
    content = bytearray((folder / "people.dta").read_bytes())
    content[-9] ^= 1
    (folder / "people.dta").write_bytes(content)

    assert program("verify", folder / "manifest.json", "--training").returncode == 1


def test_the_record_of_use_proves_the_whole_walk(walked, served):
    """Every step is in one record, each by an opaque account, and the record holds."""
    path = walked["home"] / "record.jsonl"
    assert program("export-ledger", "--site", served.office.root, path).returncode == 0
    ran = program("verify", "--ledger", path, "--training", "--json")
    said = path.read_text(encoding="utf-8")

    assert ran.returncode == 0, ran.stdout
    for verb in ("deposit", "keep_records", "vote", "approve_edition", "decide", "fetch_delivery"):
        assert f'"{verb}"' in said.replace("\\", ""), verb
    for name in ("Nadia", "nadia", "Zanele", "people.dta.zip"):
        assert name not in said


def test_a_token_does_what_it_names_and_nothing_else(walked, served):
    """A checker's token that names only looking does not vote, whatever its owner may."""
    with served.client("amara", "deposit") as steward:
        for verb, given in (("deposits", {}), ("publish_description", {"study": "FLOOD-2026"})):
            with pytest.raises(Problem, match="token") as problem:
                steward.call(verb, given)
            assert problem.value.status == 403


def test_whoever_sends_no_token_has_the_catalogue_and_nothing_else(walked, served):
    """401 before anything is looked up."""
    public = Client(served.url, token="")
    assert public.call("study", {"study": "FLOOD-2026"})["study"]["id"] == "FLOOD-2026"
    for verb in ("messages", "deposits", "my_licences", "measure"):
        with pytest.raises(Problem) as problem:
            public.call(verb, {})
        assert problem.value.status == 401
    public.close()


def test_nothing_that_is_told_in_public_shows_a_name_of_a_person_in_the_data(walked, served):
    """Study, variables, search, and every standard."""
    marker = b"Marker-Dlamini"
    with httpx2.Client(base_url=served.url) as client:
        for standard in ("ddi", "dublin_core", "dcat", "croissant"):
            answer = client.get("/api/1/metadata", params={"study": "FLOOD-2026", "standard": standard})
            assert answer.status_code == 200
            assert marker not in answer.content
        assert marker not in client.get("/api/1/study", params={"study": "FLOOD-2026"}).content


def test_a_description_and_a_spreadsheet_are_not_reachable_by_a_get_that_changes_something(served):
    """Only reading travels in an address."""
    with httpx2.Client(base_url=served.url, headers=served.bearer("amara", *STEWARD)) as client:
        for verb in ("begin_upload", "describe_study", "withdraw_deposit", "publish_edition"):
            assert client.get(f"/api/1/{verb}", params={"study": "x"}).status_code == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"text": ' + b"[" * 100_000, 400), (b'{"text": "\\ud800"}', 422), (b'{"page": ' + b"9" * 6000 + b"}", 400),
     (b'{"filters": ' + b'{"a": ' * 60 + b"1" + b"}" * 61, 422), (b"\xff\xfe", 400)],
    ids=["bottomless", "half a letter", "a number without end", "deep", "no text"],
)  # fmt: skip
def test_a_body_that_is_none_is_the_senders_fault(served, body, status):
    """From anybody, without an account; the server does not fall over it."""
    answer = httpx2.post(f"{served.url}/api/1/search", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("walked")  # who walks registers too, from the same place, and comes first
def test_accounts_are_not_made_by_the_dozen(served):
    """Whoever registers again and again from one place has to wait."""
    public = Client(served.url, token="")
    statuses = set()
    for number in range(40):
        try:
            public.call("register", {**PERSON, "login": f"robot{number}"})
        except Problem as problem:
            statuses.add(problem.status)
            break
    public.close()

    assert statuses == {429}
