"""A licensed file on its way home: in pieces, counted once, stopped at once, sealed to its reader."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pyrage
import pytest

from safeconduct.actions import receiving
from safeconduct.actions.verb import verbs
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, SafeconductError

pytestmark = pytest.mark.slow
SMALL = 4096


@pytest.fixture
def licensed(published, monkeypatch):
    """Gita has a licence; files go in small pieces, so that there is a middle."""
    monkeypatch.setattr(receiving, "PIECE", SMALL)
    published.grant()
    return published


def licence_of(office, login: str = "gita"):
    return office.act(login, "my_licences")[0].licence


def commands(office, delivery: str) -> list[str]:
    """What the record of use says of a delivery, oldest first."""
    found = [one.body["command"] for one in office.events("fetch_delivery", subject=delivery)]
    return list(reversed(found))


def test_a_download_is_counted_after_its_last_byte_and_recorded_before_its_first(licensed):
    """What began is known though nothing came; what was counted has come."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    stream = licensed.fetch(licence, delivery)
    reading = stream.read(0, stream.size)
    assert commands(licensed, delivery) == []
    first = next(reading)
    assert commands(licensed, delivery) == ["first_byte"]
    assert licence_of(licensed).downloads["people.dta"] == 3
    rest = b"".join(reading)

    assert zipfile.ZipFile(io.BytesIO(first + rest)).testzip() is None
    assert commands(licensed, delivery) == ["first_byte", "last_byte"]
    assert licence_of(licensed).downloads["people.dta"] == 2


def test_a_download_that_broke_off_goes_on_where_it_stopped_and_counts_once(licensed):
    """The same bytes, whichever way they came."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    stream = licensed.fetch(licence, delivery)
    reading = stream.read(0, stream.size)
    first = next(reading) + next(reading)
    reading.close()
    assert licence_of(licensed).downloads["people.dta"] == 3
    rest = b"".join(licensed.fetch(licence, delivery).read(len(first), stream.size))

    assert zipfile.ZipFile(io.BytesIO(first + rest)).testzip() is None
    assert licence_of(licensed).downloads["people.dta"] == 2
    assert commands(licensed, delivery) == ["first_byte", "broke_off", "first_byte", "last_byte"]


def test_a_piece_that_was_handed_over_but_not_taken_is_not_counted(licensed):
    """The line breaks while the last piece is on its way: the next try still has it to give."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    stream = licensed.fetch(licence, delivery)
    last = (stream.size - 1) // SMALL * SMALL
    b"".join(stream.read(0, last))
    reading = licensed.fetch(licence, delivery).read(last, stream.size)
    next(reading)
    reading.close()

    assert licence_of(licensed).downloads["people.dta"] == 3
    assert len(b"".join(licensed.fetch(licence, delivery).read(last, stream.size))) == stream.size - last
    assert licence_of(licensed).downloads["people.dta"] == 2


def test_every_byte_but_one_is_no_download_and_holds_its_place_all_the_same(licensed):
    """Leaving out a byte to have it for nothing does not help: what was begun takes one of those left."""
    licence = licence_of(licensed).id
    for _ in range(3):
        delivery = licensed.deliver(licence)
        stream = licensed.fetch(licence, delivery)
        b"".join(stream.read(0, stream.size - 1))
    with pytest.raises(NotPermitted, match="No download of this file is left"):
        licensed.deliver(licence)

    assert licence_of(licensed).downloads["people.dta"] == 3


def test_a_download_that_is_whole_is_not_had_again(licensed):
    """A copy is a download."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    licensed.fetch(licence, delivery).whole()
    with pytest.raises(NotPermitted, match="complete"):
        licensed.fetch(licence, delivery)


def test_two_at_once_with_one_left_are_one(published):
    """Whoever comes second is told, and can have the first's download only by its own id."""
    published.grant(decided={"downloads": 1})
    licence = licence_of(published).id
    given = {"licence": licence, "file": "people.dta"}

    def begin(_: int) -> object:
        try:
            return verbs["begin_delivery"].call(published.room("gita"), given)
        except SafeconductError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(begin, range(4)))

    assert sum(isinstance(one, NotPermitted) for one in found) == 3
    assert len(published.site.ledger.facts("delivery")) == 1


STOPS = {
    "the officer takes the licence away": lambda office, licence: office.act(
        "dara", "revoke_licence", licence=licence, reason="Stop."
    ),
    "the committee takes the grant away": lambda office, licence: office.act(
        "farid", "revoke_request", request=office.site.ledger.fact("licence", licence).body["request"], reason="Stop."
    ),
    "the edition is taken back": lambda office, _: office.act(
        "dara", "retract_edition", edition=office.edition, reason="An error."
    ),
    "its last day is over": lambda office, licence: office.change(
        "licence", licence, first=str(office.later(-9)), until=str(office.later(-1))
    ),
    "the person says that all is destroyed": lambda office, licence: office.act(
        "gita", "confirm_destruction", licence=licence
    ),
    "the terms are others than were accepted": lambda office, licence: office.change(
        "licence", licence, conditions="Something else."
    ),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_a_download_under_way_stops_at_the_next_piece_once(licensed, stop):
    """An end takes hold at once, not when the file is through."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    stream = licensed.fetch(licence, delivery)
    reading = stream.read(0, stream.size)
    next(reading)
    stop(licensed, licence)
    with pytest.raises(NotPermitted):
        next(reading)
    with pytest.raises(NotPermitted):
        licensed.fetch(licence, delivery)

    assert commands(licensed, delivery) == ["first_byte", "broke_off"]


def test_a_role_that_was_taken_away_stops_what_comes_next(licensed):
    """Who may receive nothing any more begins nothing and goes on with nothing."""
    licence = licence_of(licensed).id
    delivery = licensed.deliver(licence)
    with licensed.site.ledger.write() as tx:
        licensed.site.accounts.set_roles(tx, licensed.account("gita"), ("auditor",))
        tx.event(actor="site", verb="roles", subject="gita", body={}, at=datetime.now(UTC))
    with pytest.raises(NotPermitted):
        licensed.fetch(licence, delivery)


def test_a_network_that_is_not_named_gets_nothing(published):
    """NADA kept the networks and never read them. The shell is this machine, 127.0.0.1."""
    published.grant(decided={"networks": ["10.0.0.0/8"]})
    with pytest.raises(NotPermitted, match=r"10\.0\.0\.0/8"):
        published.act("gita", "begin_delivery", licence=licence_of(published).id, file="people.dta")


def test_a_network_that_is_named_gets_the_file(published):
    """The same from where it may."""
    published.grant(decided={"networks": ["10.0.0.0/8", "127.0.0.0/8"]})
    licence = licence_of(published).id

    assert published.fetch(licence, published.deliver(licence)).whole()


@pytest.mark.parametrize("network", ["everywhere", "10.0.0.1/8", "300.1.1.1", "10.0.0.0/99"])
def test_a_network_that_is_none_is_refused_with_the_vote(published, network):
    """Not found out by the first download."""
    asked = published.request()
    with pytest.raises(BadInput, match="network"):
        published.act("farid", "decide_request", request=asked, decision="approve", reasons="Sound.",
                      networks=[network])  # fmt: skip


@pytest.fixture(scope="module")
def identity() -> pyrage.x25519.Identity:
    """Gita's own key."""
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def sealed(published, identity) -> bytes:
    """What Gita got where the committee asked for encryption."""
    asked = published.ask()
    member = {"name": "Gita", "title": "Dr", "affiliation": "Practice University", "login": "gita"}
    published.act(
        "gita", "write_request", request=asked, fields={}, team=[{**member, "key": str(identity.to_public())}]
    )
    published.act("gita", "submit_request", request=asked)
    published.act("farid", "decide_request", request=asked, decision="approve", reasons="Sound.", encrypted=True)
    view = published.act("gita", "my_licences")[0]
    published.act("gita", "accept_licence", licence=view.licence.id, offer=view.offer)
    return published.fetch(view.licence.id, published.deliver(view.licence.id)).whole()


def test_a_sealed_file_opens_with_its_readers_key_and_no_other(sealed, identity):
    """Nobody between the site and the reader has anything."""
    opened = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(sealed, [identity])))
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])

    assert "people.dta" in opened.namelist()
    assert b"people.dta" not in sealed


def test_a_grant_of_sealed_files_needs_a_key_of_everybody(published):
    """Without one there is no other way, and so no grant."""
    asked = published.request()
    with pytest.raises(BadInput, match="public key"):
        published.act("farid", "decide_request", request=asked, decision="approve", reasons="Sound.", encrypted=True)


def test_a_key_that_is_none_is_told_to_whoever_wrote_it(published):
    """Before anybody relies on it, and without saying what was written."""
    asked = published.ask()
    person = {"name": "Gita", "title": "Dr", "affiliation": "P", "login": "gita", "key": "AGE-SECRET-KEY-MARKER"}
    with pytest.raises(BadInput) as error:
        published.act("gita", "write_request", request=asked, fields={}, team=[person])

    assert "MARKER" not in str(error.value)


def test_a_file_that_the_edition_does_not_have_cannot_be_had(licensed):
    """Neither one of another edition nor the manifest's chest."""
    licence = licence_of(licensed).id
    for name in ("members.dta", "../people.dta", "", "manifest.json"):
        with pytest.raises(NotPermitted):
            licensed.act("gita", "begin_delivery", licence=licence, file=name)


def test_what_is_not_packed_yet_is_told_so(licensed):
    """And counts nothing."""
    licence = licence_of(licensed).id
    begun = licensed.act("gita", "begin_delivery", licence=licence, file="people.dta")
    with pytest.raises(NotFound, match="being packed"):
        licensed.fetch(licence, begun.id)
