"""Three organisations, a host and real HTTP on loopback: from the invitation to the frozen pool, by pages and forms."""

import re
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx2
import pytest
import uvicorn

import pooling
from safeconduct.server.app import create_app
from safeconduct.server.web import SESSION

FORM = re.compile(r'name="csrf" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
UPLOAD = re.compile(r"upload=([a-z0-9]+)")


@contextmanager
def served(site):
    """The pages and the API of a site on a free port, in a thread."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(site), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """A house with a server in front, and a browser for each person."""
    house = pooling.founded(tmp_path_factory.mktemp("http") / "site")
    people = {}
    with served(house.site) as url:
        for login in (*pooling.MEMBERS, "amara", "sara", "nadia"):
            with house.site.ledger.write() as tx:
                cookie = str(house.site.sessions.open(tx, house.site.accounts.by_login(login), datetime.now(UTC)))
            people[login] = httpx2.Client(base_url=url, cookies={SESSION: cookie}, follow_redirects=True, timeout=120)
        yield house, people, tmp_path_factory.mktemp("files")
        for one in people.values():
            one.close()
    house.site.ledger.close()


def csrf(client, page):
    return FORM.search(client.get(page).text).group(1)


def posted(client, page, **form):
    """A form of a page, sent; the page after it."""
    answer = client.post(page, data={"csrf": csrf(client, page), **form})
    assert answer.status_code == 200, answer.text[:2000]
    return answer


def opened(client):
    today = datetime.now(UTC).date()
    form = {
        "title": "Cases of the coast", "purpose": "A public synthetic data set.", "study": pooling.STUDY,
        "standard": "htcds", "freeze_on": str(today.replace(year=today.year + 1)), "members_known": "no",
        "organisations": "Haven\nLighthouse\nRefuge", "agreement": "DSA-1", "agreement_from": str(today),
        "agreement_until": str(today.replace(year=today.year + 2)), "basis": "consent", "contributor_leaves": "no",
        "phonetic": "no", "keep": "the organisation that contributed first", "match_by": ["telephone"],
    }  # fmt: skip
    return str(posted(client, "/data/pools/new", **form).url).rsplit("/", 1)[-1]


def contributed(client, pool, path):
    """A file sent by the plain form, then the two answers of consent."""
    with path.open("rb") as file:
        sent = client.post(
            "/uploads/form",
            data={"csrf": csrf(client, f"/data/pools/mine/{pool}"), "next": f"/data/pools/mine/{pool}/send"},
            files={"file": (path.name, file)},
        )
    assert "The files that arrived" in sent.text
    upload = UPLOAD.search(str(sent.url)).group(1)
    page = f"/data/pools/mine/{pool}/send?upload={upload}"
    answers = {"upload": upload, "do": "send", "consent_conditioned": "no", "consent_understood": "yes"}
    return client.post(page, data={"csrf": csrf(client, page), **answers})


def test_a_pool_is_walked_through_by_four_people_over_http(walk):
    """Opened, contributed to, compared, looked at, signed off, frozen; strangers find nothing on the way."""
    house, people, folder = walk
    host, pool = people["amara"], opened(people["amara"])
    assert "Send your files" in people["hope"].get("/today").text
    for at, login in enumerate(pooling.MEMBERS):
        cases = pooling.share_of(100 * at, 12)
        cases[0] = {**cases[0], "prs_MobilePhone": "+258 84 999 0001" if login != "ravi" else "+258 84 999 0003"}
        assert contributed(people[login], pool, pooling.written(folder / f"{login}.csv", cases)).status_code == 200
    house.work()
    mine, page = f"/data/pools/mine/{pool}", f"/data/pools/{pool}"
    assert "Write the treatment plan" in host.get("/today").text
    assert "Send your files" not in people["hope"].get("/today").text
    posted(host, page, do="plan", k="3", remove=["prs_Birthdate"])
    posted(host, page, do="compare")
    house.work()
    assert "Look at your share" in people["ravi"].get("/today").text
    assert "pool" not in people["sara"].get("/today").text.split("<main")[1].split("First steps")[0]
    _strangers(people, mine, page)

    assert "Row 1" in people["hope"].get(f"{mine}/doubles").text
    assert "No record of yours" in people["ravi"].get(f"{mine}/doubles").text
    assert "never in the pool" in people["hope"].get(f"{mine}/report").text
    for login in ("hope", "lucas"):
        posted(people[login], f"{mine}/doubles", rows=["1"], fate="keep")
    for login in pooling.MEMBERS:
        shown = posted(people[login], f"{mine}/preview", do="look").text
        posted(people[login], f"{mine}/preview", do="sign", seen=SEEN.search(shown).group(1), office="Director")
    _frozen(house, host, pool, page)


def _strangers(people, mine, page):
    """Who was not invited and who only analyses: not there, or not theirs; nobody reads another's name."""
    assert people["sara"].get(mine).status_code == people["sara"].get(mine + "0").status_code == 404
    assert people["nadia"].get(page).status_code == people["nadia"].get(mine).status_code == 403
    assert people["hope"].get(page).status_code == 403
    assert people["amara"].get(mine).status_code == 403
    told = people["hope"].get(mine).text + people["hope"].get(f"{mine}/doubles").text
    assert "Lighthouse" not in told
    assert "Refuge" not in told


def _frozen(house, host, pool, page):
    house.let_freeze(pool)
    posted(host, page, do="freeze")
    house.work()

    assert "Go on with the study" in host.get(page).text
    manifest = house.site.microdata(pooling.STUDY)
    assert manifest.files[0].rows == 3 * 12 - 1
    for path in house.root.rglob("*"):
        assert not path.is_file() or pooling.MARKER.encode() not in path.read_bytes(), path
