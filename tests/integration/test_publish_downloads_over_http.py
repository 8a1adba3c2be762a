"""Downloads over HTTP: ranges, lines that break, two at once, an end in the middle, and a header that lies."""

import hashlib
import time

import httpx2
import pytest

from safeconduct.client import Client, Problem

pytestmark = pytest.mark.slow
NOISE, ROWS = 60, 16_000


@pytest.fixture(scope="module")
def large(publishing, tmp_path_factory):
    """An edition whose files do not compress: several megabytes of made-up readings."""
    folder = tmp_path_factory.mktemp("large")
    office = publishing.founded(folder / "site")
    frame = publishing.survey(ROWS, noise=NOISE).drop(columns=["remarks"])
    path = publishing.write_stata(frame, folder / "people.dta")
    office.keep(office.deposit(path), publishing.roles_of(frame))
    office.prepare(plan=tuple(one for one in publishing.PLAN if one["method"] != "remove"))
    office.publish()
    yield office
    office.site.ledger.close()


@pytest.fixture(scope="module")
def served(large, publishing):
    with publishing.serving(large, workers=0) as found:
        yield found


@pytest.fixture
def delivery(served, large) -> dict[str, str]:
    """A download that is packed and ready, and not begun."""
    licence = large.grant(decided={"downloads": 20})
    return {"licence": licence, "delivery": large.deliver(licence)}


@pytest.fixture
def http(served):
    with httpx2.Client(base_url=served.url, headers=served.bearer("gita", "receive"), timeout=60) as client:
        yield client


def fetch(http: httpx2.Client, delivery: dict[str, str], **headers: str) -> httpx2.Response:
    return http.post("/api/1/fetch_delivery", json=delivery, headers=headers)


def left(office, licence: str) -> int:
    return office.act("gita", "licence_state", licence=licence).licence.downloads["people.dta"]


def test_a_range_is_that_part_and_nothing_more(http, delivery, large):
    """With its place in the whole; the whole is told by its digest."""
    first = fetch(http, delivery, Range="bytes=0-99")
    size = int(first.headers["content-range"].partition("/")[2])
    rest = fetch(http, delivery, Range="bytes=100-", **{"If-Range": first.headers["etag"]})

    assert (first.status_code, len(first.content)) == (206, 100)
    assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert hashlib.sha256(first.content + rest.content).hexdigest() == first.headers["etag"].strip('"')
    awaited(lambda: left(large, delivery["licence"]) == 19)


def test_a_range_of_another_file_gives_the_whole_of_this_one(http, delivery):
    """So that two files are never put together as one."""
    answer = fetch(http, delivery, Range="bytes=100-", **{"If-Range": '"another"'})

    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == answer.headers["etag"].strip('"')


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0", "bytes=5-2"])
def test_a_range_outside_the_file_is_told(http, delivery, asked):
    """416, and nothing is counted or recorded."""
    assert fetch(http, delivery, Range=asked).status_code == 416


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "pages=1-2", "bytes=", "bytes=a-b", f"bytes={'1' * 5000}-", "bytes=٣-"]
)
def test_a_range_nobody_understands_gives_the_whole(http, delivery, asked):
    """As the standard has it."""
    with http.stream("POST", "/api/1/fetch_delivery", json=delivery, headers={"Range": asked.encode()}) as answer:
        assert answer.status_code == 200


def test_the_last_bytes_can_be_asked_for(http, delivery):
    """By how many they are."""
    assert len(fetch(http, delivery, Range="bytes=-10").content) == 10


def test_a_line_that_breaks_in_the_middle_is_gone_on_with_and_counted_once(served, http, delivery, large, tmp_path):
    """The client goes on from what it has; the record says that it broke off and then was whole."""
    path = tmp_path / "edition.zip"
    with http.stream("POST", "/api/1/fetch_delivery", json=delivery) as answer, path.open("wb") as file:
        for piece in answer.iter_raw():
            file.write(piece)
            if file.tell() > 300_000:
                break
    awaited(lambda: "broke_off" in told(large, delivery))
    assert left(large, delivery["licence"]) == 20
    with served.client("gita", "receive") as client:
        taken = client.take_file("fetch_delivery", delivery, to=path)

    assert hashlib.sha256(path.read_bytes()).hexdigest() == taken["sha256"]
    awaited(lambda: left(large, delivery["licence"]) == 19)
    assert told(large, delivery)[-1] == "last_byte"


def told(office, delivery: dict[str, str]) -> list[str]:
    found = office.events("fetch_delivery", subject=delivery["delivery"])
    return [one.body["command"] for one in reversed(found)]


def awaited(so) -> None:
    end = time.monotonic() + 20
    while not so() and time.monotonic() < end:
        time.sleep(0.05)
    assert so()


class Cutting(httpx2.BaseTransport):
    """A line that breaks after every so many bytes of an answer."""

    def __init__(self, most: int) -> None:
        self.real, self.most, self.asked = httpx2.HTTPTransport(), most, 0

    def handle_request(self, request):
        self.asked += 1
        answer = self.real.handle_request(request)
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=Cut(answer.stream, self.most))

    def close(self) -> None:
        self.real.close()


class Cut(httpx2.SyncByteStream):
    def __init__(self, stream, most: int) -> None:
        self.stream, self.most = stream, most

    def __iter__(self):
        given = 0
        for piece in self.stream:
            yield piece
            given += len(piece)
            if given > self.most:
                raise httpx2.ReadError("the line broke")

    def close(self) -> None:
        self.stream.close()


def test_the_client_goes_on_by_itself_and_holds_the_file_to_its_digest(served, delivery, tmp_path, monkeypatch):
    """However often it breaks, without knowing the file's name before."""
    monkeypatch.chdir(tmp_path)
    transport = Cutting(2_000_000)
    client = Client(served.url, token=served.office.token("gita", "receive"), transport=transport)
    taken = client.take_file("fetch_delivery", delivery)
    client.close()

    assert transport.asked > 1
    assert (tmp_path / taken["file"]).name.endswith(".zip")
    assert hashlib.sha256((tmp_path / taken["file"]).read_bytes()).hexdigest() == taken["sha256"]


def test_what_lies_there_and_is_another_file_is_not_called_whole(served, delivery, tmp_path):
    """Half of an older download is told, not passed off as this one."""
    path = tmp_path / "edition.zip"
    path.write_bytes(b"something else" * 100)
    with served.client("gita", "receive") as client, pytest.raises(Problem, match="not what the site sent"):
        client.take_file("fetch_delivery", delivery, to=path)


def test_an_end_stops_a_download_under_way(http, delivery, large):
    """The officer takes the licence away while bytes flow: the answer breaks off short of its length."""
    with http.stream("POST", "/api/1/fetch_delivery", json=delivery) as answer:
        size, pieces = int(answer.headers["content-length"]), answer.iter_raw(65_536)
        first = next(pieces)
        large.act("dara", "revoke_licence", licence=delivery["licence"], reason="Stop.")
        rest = until_it_breaks(pieces)

    assert rest is not None
    assert len(first) + rest < size
    assert fetch(http, delivery).status_code == 403


def until_it_breaks(pieces) -> int | None:
    """How many bytes still came before the line broke; `None` where it did not."""
    got = 0
    try:
        for piece in pieces:
            got += len(piece)
    except httpx2.RemoteProtocolError:
        return got
    return None


def test_a_header_that_names_another_address_opens_no_network(served, http, large):
    """Without a declared proxy nobody's word for where they are is taken."""
    asked = large.request()
    given = {"decision": "approve", "reasons": "Sound.", "networks": ["10.0.0.0/8"]}
    large.act("farid", "decide_request", request=asked, **given)
    view = large.act("gita", "my_licences")[0]
    large.act("gita", "accept_licence", licence=view.licence.id, offer=view.offer)
    wanted = {"licence": view.licence.id, "file": "people.dta"}
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = http.post("/api/1/begin_delivery", json=wanted, headers={name: "10.1.2.3"})
        assert answer.status_code == 403


def test_nobody_elses_token_fetches_it(served, delivery):
    """Karl is a researcher too; told as what is not there."""
    with httpx2.Client(base_url=served.url, headers=served.bearer("karl", "receive")) as other:
        found, absent = fetch(other, delivery), fetch(other, {"licence": "l0", "delivery": "v0"})

    assert found.status_code == absent.status_code == 404
    assert found.json()["detail"] == absent.json()["detail"]


def test_the_log_holds_no_trace_of_what_was_sent(served):
    """After all of the above; a download that was stopped is a word, not a trace."""
    log = served.log.read_bytes()

    assert b"Traceback" not in log
    assert b"FLOOD" not in log
