"""Files on their way in over HTTP: cut, sent twice, sent by two, sent without script; nothing lost, nothing doubled."""

import hashlib
import html
import re
import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest

from safeconduct.client import Client, Problem

pytestmark = pytest.mark.slow
MB = 1 << 20


@pytest.fixture(scope="module")
def served(stages, publishing, tmp_path_factory):
    office = publishing.copied(stages["empty"], tmp_path_factory.mktemp("uploads"))
    with publishing.serving(office, workers=0) as found:
        yield found
    office.site.ledger.close()


@pytest.fixture
def steward(served):
    with served.client("amara", "deposit") as client:
        yield client


@pytest.fixture(scope="module")
def session(served) -> dict[str, str]:
    return served.office.cookie("amara")


@pytest.fixture
def pages(served, session):
    """Amara's browser."""
    with httpx2.Client(base_url=served.url, cookies={"safeconduct": session["cookie"]}, timeout=60) as client:
        yield client


def content_of(served, upload: str) -> bytes:
    with served.office.site.uploads.open(upload) as file:
        return file.read()


def arrived(served) -> set[str]:
    return set(served.office.site.uploads.names())


def cut(served, upload: str, content: bytes, share: float) -> None:
    """Say that a whole body comes, send a part of it, and break the line."""
    where = urlsplit(served.url)
    token = served.office.token("amara", "deposit")
    head = (
        f"PUT /api/1/send_upload?upload={upload}&offset=0 HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(head.encode() + content[: int(len(content) * share)])
        line.shutdown(socket.SHUT_WR)
        line.settimeout(30)
        while line.recv(1 << 16):
            pass


def send_on(client: Client, upload: str, content: bytes, *, most: int) -> set[int]:
    """Go on where a file has got to, as every sender does: whoever is told to go on elsewhere asks where, again.

    Right after a break the server may still be writing what arrived before it.
    """
    told: set[int] = set()
    while (offset := client.call("upload_state", {"upload": upload})["offset"]) < len(content):
        where, piece = {"upload": upload, "offset": str(offset)}, content[offset : offset + most]
        try:
            client._send("PUT", "/api/1/send_upload", params=where, content=piece)
        except Problem as problem:
            told.add(problem.status)
    return told


def test_a_file_that_was_cut_goes_on_where_it_broke(served, steward):
    """What arrived before the break is kept, and only the rest is sent."""
    content = secrets.token_bytes(5 * MB)
    upload = steward.call("begin_upload", {"name": "survey.dta", "size": len(content)})["id"]
    cut(served, upload, content, 0.6)
    offset = steward.call("upload_state", {"upload": upload})["offset"]
    assert MB <= offset <= 3 * MB
    assert send_on(steward, upload, content, most=len(content)) <= {409}
    steward.call("finish_upload", {"upload": upload, "sha256": hashlib.sha256(content).hexdigest()})

    assert content_of(served, upload) == content


class Breaking(httpx2.BaseTransport):
    """A line that breaks in the middle of some pieces, and sometimes after one arrived whole."""

    def __init__(self) -> None:
        self.real, self.sent = httpx2.HTTPTransport(), 0

    def handle_request(self, request):
        if request.method != "PUT":
            return self.real.handle_request(request)
        self.sent += 1
        if self.sent % 3 == 1:
            raise httpx2.WriteError("the line broke")
        answer = self.real.handle_request(request)
        if self.sent % 3 == 2:
            answer.read()
            answer.close()
            raise httpx2.ReadError("the line broke after the piece")
        return answer

    def close(self) -> None:
        self.real.close()


def test_the_client_goes_on_by_itself(served, tmp_path):
    """Whether a piece was lost or only its answer: the file is whole and nothing is in it twice."""
    path = tmp_path / "survey.csv"
    path.write_bytes(secrets.token_bytes(20 * MB + 7))
    client = Client(served.url, token=served.office.token("amara", "deposit"), transport=Breaking())
    upload = client.upload(path)
    client.close()

    assert content_of(served, upload) == path.read_bytes()


def test_an_empty_file_arrives_too(served, steward, tmp_path):
    """What it is, its reader says."""
    (tmp_path / "empty.csv").write_bytes(b"")

    assert content_of(served, steward.upload(tmp_path / "empty.csv")) == b""


def test_a_piece_that_belongs_elsewhere_is_told_where_to_go_on(served, steward):
    """409, and nothing is written."""
    upload = steward.call("begin_upload", {"name": "survey.dta"})["id"]
    for offset in (1, 5 * MB):
        where = {"upload": upload, "offset": str(offset)}
        with pytest.raises(Problem) as problem:
            steward._send("PUT", "/api/1/send_upload", params=where, content=b"x")
        assert problem.value.status == 409

    assert steward.call("upload_state", {"upload": upload})["offset"] == 0


def test_two_who_send_the_same_file_lose_and_double_nothing(served):
    """Whoever is late is told so, asks how far it is, and goes on there."""
    content = secrets.token_bytes(6 * MB)
    with served.client("amara", "deposit") as first:
        upload = first.call("begin_upload", {"name": "survey.dta", "size": len(content)})["id"]

    def send(_: int) -> set[int]:
        with served.client("amara", "deposit") as client:
            return send_on(client, upload, content, most=300_000)

    with ThreadPoolExecutor(2) as pool:
        told = set.union(*pool.map(send, range(2)))
    with served.client("amara", "deposit") as client:
        client.call("finish_upload", {"upload": upload, "sha256": hashlib.sha256(content).hexdigest()})

    assert content_of(served, upload) == content
    assert told <= {409}


def test_more_than_was_announced_is_not_taken(served, steward):
    """What was announced is kept; the rest never lies anywhere."""
    upload = steward.call("begin_upload", {"name": "survey.dta", "size": 10})["id"]
    with pytest.raises(Problem) as problem:
        steward._send("PUT", "/api/1/send_upload", params={"upload": upload, "offset": "0"}, content=b"y" * 5000)

    assert problem.value.status == 422
    assert steward.call("upload_state", {"upload": upload})["offset"] == 10


def status_of(client: Client, given: dict) -> int:
    """The status of beginning an upload so."""
    try:
        client.call("begin_upload", given)
    except Problem as problem:
        return problem.status
    return 200


@pytest.mark.parametrize("size", [10**12, 10**15, 10**18, 10**30])
def test_a_huge_size_that_was_only_said_takes_no_room(served, steward, size):
    """Nothing is set aside for it; a number that no file has is refused."""
    before = sum(path.stat().st_size for path in served.office.root.rglob("*") if path.is_file())
    assert status_of(steward, {"name": "survey.dta", "size": size}) in {200, 422}
    after = sum(path.stat().st_size for path in served.office.root.rglob("*") if path.is_file())

    assert after - before < MB


@pytest.mark.parametrize("name", ["", "/", "..", "a" * 300, "../../etc/passwd", "C:\\x\\survey.dta", "a\x00b.csv"])
def test_an_odd_name_is_shortened_or_refused_and_leads_nowhere(served, steward, name):
    """Folders in a name are not followed."""
    before = arrived(served)
    assert status_of(steward, {"name": name}) in {200, 422}
    for upload in arrived(served) - before:
        kept = served.office.site.uploads.upload(upload).name
        assert not {"/", "\\"} & set(kept)


def test_numbers_in_an_address_that_are_none_are_told(served):
    """Not a fault of the server."""
    with httpx2.Client(base_url=served.url, headers=served.bearer("amara", "deposit"), timeout=60) as client:
        for offset in ("-1", "x", "٣", "1" * 5000, ""):
            answer = client.put("/api/1/send_upload", params={"upload": "f", "offset": offset}, content=b"x")
            assert answer.status_code == 422, offset


FILES = (("first.csv", b"a,b\n1,2\n"), ("second.csv", b"c,d\n3,4\n" * 200_000), ("third.csv", b""))


def form(session: dict[str, str], *, csrf: bool = True) -> dict:
    words = {"next": "/data/deposits/new?step=2", **({"csrf": session["csrf"]} if csrf else {})}
    return {"data": words, "files": [("files", (name, content, "text/csv")) for name, content in FILES]}


def test_three_files_in_one_plain_form_arrive_encrypted(served, pages, session):
    """Without script; back at the page they were sent from, each by its id."""
    before = arrived(served)
    answer = pages.post("/uploads/form", **form(session))
    made = arrived(served) - before

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/data/deposits/new?step=2&upload=")
    assert {content_of(served, one) for one in made} == {content for _, content in FILES}


def test_a_form_without_its_token_is_refused_and_nothing_of_it_is_kept(served, pages, session):
    """Somebody else's page sent it."""
    before = arrived(served)

    assert pages.post("/uploads/form", **form(session, csrf=False)).status_code == 403
    assert arrived(served) == before


def test_a_form_whose_token_comes_after_its_files_is_refused(served, pages, session):
    """Files are taken only from whoever has said who they are."""
    before = arrived(served)
    boundary, csrf = "b", session["csrf"]
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nx\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--{boundary}--\r\n'
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    assert pages.post("/uploads/form", content=body.encode(), headers=headers).status_code == 403
    assert arrived(served) == before


def test_nobody_who_is_not_signed_in_sends_a_file(served, session):
    """With a token that was overheard but no session."""
    before = arrived(served)
    with httpx2.Client(base_url=served.url, timeout=60) as client:
        assert client.post("/uploads/form", **form(session)).status_code == 401
        assert client.post("/uploads", data={"name": "a.csv", "csrf": session["csrf"]}).status_code == 401

    assert arrived(served) == before


def test_a_form_leads_back_to_this_site_only(served, pages, session):
    """Whatever `next` says."""
    sent = form(session)
    for address in ("https://evil.example/", "//evil.example/x", "/\\evil.example", "//[evil.example"):
        sent["data"]["next"] = address
        location = pages.post("/uploads/form", **sent).headers["location"]
        assert location.startswith("/?upload=")


def unmarked(page: str) -> str:
    """The words of a page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


MANY_WORDS = {f"word{number}": "x" for number in range(40)}
NOT_A_FORM = {"content": b"nothing", "headers": {"Content-Type": "text/plain"}}
NO_FILE = [("files", ("", b""))]
REFUSED = {
    "old": (lambda session: form(session, csrf=False), 403, "too old or came from elsewhere", "/data/deposits"),
    "none": (
        lambda session: {**form(session), "files": [("files", ("", b""))]},
        422,
        "Choose a file",
        "/data/deposits",
    ),
    "words without end": (
        lambda _: {"data": {"next": "/x", **MANY_WORDS}, "files": NO_FILE},
        422,
        "The form broke off on its way",
        "/",
    ),
    "broken": (lambda _: NOT_A_FORM, 422, "The form broke off on its way", "/"),
}


@pytest.mark.parametrize("sent", REFUSED)
def test_a_plain_form_that_is_refused_says_why_on_a_page_with_a_way_back(served, pages, session, sent):
    """Whoever has no script sees a page like any other."""
    make, status, says, back = REFUSED[sent]
    answer = pages.post("/uploads/form", **make(session))

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert says in unmarked(answer.text)
    assert f'href="{back}">Back</a>' in answer.text


def test_a_plain_form_that_is_refused_says_so_in_the_readers_language(served, pages, session):
    """With the menu of whoever is signed in, and a switch of language that leads back too."""
    answer = pages.post("/uploads/form", **form(session, csrf=False), headers={"Accept-Language": "fr"})

    assert '<html lang="fr"' in answer.text
    assert "back=/data/deposits" in answer.text
    assert "Amara" in answer.text


def test_whoever_is_not_signed_in_is_led_to_signing_in_and_back(served, session):
    """The session ended while the file was chosen."""
    with httpx2.Client(base_url=served.url, timeout=60) as client:
        answer = client.post("/uploads/form", **form(session))

    assert "/sign-in?next=/data/deposits" in answer.text


def test_somebody_whose_role_brings_nothing_in_is_told_on_a_page(served):
    """Their own form token does not help."""
    gita = served.office.cookie("gita")
    before = arrived(served)
    with httpx2.Client(base_url=served.url, cookies={"safeconduct": gita["cookie"]}, timeout=60) as client:
        answer = client.post("/uploads/form", **form(gita))

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (403, "text/html")
    assert "Your roles do not allow this" in unmarked(answer.text)
    assert arrived(served) == before


def test_the_way_back_of_a_form_never_leads_to_another_site(served, pages, session):
    """Whatever `next` says."""
    sent = form(session)
    for address in ("https://evil.example/x/y", "//evil.example/x/y", "/\\evil.example/x", "//[evil.example"):
        sent["data"] = {"next": address, "csrf": "x"}
        answer = pages.post("/uploads/form", **sent)
        assert "evil.example" not in answer.text
        assert 'href="/">Back</a>' in answer.text


def test_a_script_without_the_forms_token_changes_nothing(served, pages):
    """Beginning, sending and finishing each carry it."""
    assert pages.post("/uploads", data={"name": "a.csv", "csrf": "x"}).status_code == 403
    assert pages.put("/uploads/f123456789?offset=0", content=b"x").status_code == 403
    assert pages.post("/uploads/f123456789/finish").status_code == 403


def test_pieces_sent_by_the_pages_script_arrive(served, pages, session):
    """As `upload.js` sends them, with the answer it goes on by when it was wrong."""
    head = {"X-CSRF": session["csrf"]}
    begun = pages.post("/uploads", data={"name": "a.csv", "size": "6", "csrf": session["csrf"]}).json()
    assert pages.put(f"/uploads/{begun['id']}?offset=0", content=b"abc", headers=head).json()["offset"] == 3
    wrong = pages.put(f"/uploads/{begun['id']}?offset=0", content=b"abc", headers=head)
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 3)
    assert pages.put(f"/uploads/{begun['id']}?offset=3", content=b"def", headers=head).json()["offset"] == 6
    done = pages.post(f"/uploads/{begun['id']}/finish", headers=head).json()

    assert done["next"] == f"?upload={begun['id']}"
    assert content_of(served, begun["id"]) == b"abcdef"


@pytest.mark.parametrize("size", ["x", "-3", "9" * 6000, "٣"])
def test_a_size_that_is_no_number_is_told(served, pages, session, size):
    """By the script's own door."""
    answer = pages.post("/uploads", data={"name": "a.csv", "size": size, "csrf": session["csrf"]})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"--b", b"--b\r\n\r\n", b"nothing", b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx'],
    ids=["empty", "boundary", "no headers", "no form", "no end"],
)  # fmt: skip
def test_a_form_that_is_none_is_told(served, pages, body):
    """Not a fault of the server."""
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    assert pages.post("/uploads/form", content=body, headers=headers).status_code in {422, 403}


def test_the_server_says_nothing_of_a_files_name_or_content(served):
    """After all of the above."""
    log = served.log.read_bytes()

    assert b"survey" not in log
    assert b"Traceback" not in log
