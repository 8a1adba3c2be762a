"""A steward connects a survey: it is pulled, deposited, decided about, pulled again, and stops when it is told to."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from safeconduct.actions.survey_pulls import pull_due
from safeconduct.model.errors import BadInput

MARKER, TOKEN, UID = "Zanele Marker-Dlamini", "a1b2c3-token-marker", "aB3dEfGh9jKl"
SAID = {"server": "Field", "form": UID, "study": "NEEDS-2026", "title": "Needs", "collected_by": "Us",
        "basis": "public interest"}  # fmt: skip


@pytest.fixture
def office(empty, played, tmp_path):
    """A site whose settings name the server, and where its token is."""
    (tmp_path / "token").write_text(TOKEN, encoding="ascii")
    (tmp_path / "token").chmod(0o400)
    with (empty.root / "safeconduct.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[servers]]\nname = "Field"\nkind = "kobo"\nurl = "{played.url}"\n')
        file.write(f'credential = "file:{tmp_path / "token"}"\n')
    return empty


def the_only(office):
    return office.act("amara", "surveys_connected")[0]


def state(office, deposit):
    return office.act("amara", "deposit_state", deposit=deposit).state


def found_in(root):
    """Every byte below a site's folder, but for its settings."""
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file() and path.suffix != ".toml")


def test_a_pull_becomes_a_deposit_like_any_other(office, played, caplog):
    """Labels, repeats and proposed roles; no name and no token anywhere in clear, and none in the log."""
    caplog.set_level(logging.DEBUG)
    connection = office.act("amara", "connect_survey", **SAID)
    pulled = office.act("amara", "pull_survey", connection=connection.id)
    deposit = office.act("amara", "deposit_state", deposit=pulled.result)
    line = the_only(office)

    assert (deposit.state, deposit.format, sorted(deposit.tables)) == ("read", "kobo", [UID, "members"])
    assert (line.came, line.new, line.deposit) == ("brought", 7, pulled.result)
    everything = found_in(office.root) + caplog.text.encode() + repr((connection, line, pulled)).encode()
    assert MARKER.encode() not in everything
    assert TOKEN.encode() not in everything


def test_a_newer_pull_takes_the_place_of_one_nobody_decided_about(office, played):
    """And says how much changed; where nothing changed nothing is made."""
    id_ = office.act("amara", "connect_survey", **SAID).id
    first = office.act("amara", "pull_survey", connection=id_).result
    played.interviews[8] = played.interview(8)
    second = office.act("amara", "pull_survey", connection=id_).result

    assert (state(office, first), state(office, second)) == ("withdrawn", "read")
    assert (the_only(office).new, the_only(office).edited, the_only(office).deleted) == (1, 0, 0)
    assert office.act("amara", "pull_survey", connection=id_).result == second
    assert the_only(office).came == "nothing new"


def test_a_deposit_that_somebody_is_deciding_about_stays_in_their_hands(office, played):
    """The next pull waits for them."""
    id_ = office.act("amara", "connect_survey", **SAID).id
    first = office.act("amara", "pull_survey", connection=id_).result
    office.act("amara", "decide_roles", deposit=first, roles={UID: {"name": "direct identifier"}})
    played.interviews[8] = played.interview(8)
    office.act("amara", "pull_survey", connection=id_)

    assert the_only(office).came == "waits"
    assert state(office, first) == "read"


def test_what_was_withdrawn_comes_again(office, played):
    """Though nothing changed on the server: nothing of it is here any more."""
    id_ = office.act("amara", "connect_survey", **SAID).id
    first = office.act("amara", "pull_survey", connection=id_).result
    office.act("amara", "withdraw_deposit", deposit=first)
    again = office.act("amara", "pull_survey", connection=id_).result

    assert (state(office, again), the_only(office).new) == ("read", 7)


def test_a_survey_is_pulled_by_the_clock_unless_it_is_paused(office, played):
    """Due at once, then after its hours; two who look at the same time begin it once."""
    id_ = office.act("amara", "connect_survey", **SAID, every_hours=6).id
    now = datetime.now(UTC)
    pull_due(office.site, now)
    pull_due(office.site, now)
    office.work()

    assert the_only(office).came == "brought"
    assert len(office.site.ledger.facts("deposit")) == 1
    assert timedelta(hours=5) < the_only(office).next - now < timedelta(hours=7)
    office.act("amara", "pause_survey", connection=id_)
    pull_due(office.site, now + timedelta(hours=7))
    assert not office.site.queue.waiting()
    office.act("amara", "pause_survey", connection=id_, paused=False)
    pull_due(office.site, now + timedelta(hours=7))
    assert office.site.queue.waiting() == 1


def test_what_stood_in_the_way_is_told_to_its_steward_and_tried_again_later(office, played):
    """The server does not let us in; nothing it said is told."""
    played.answers = [(401, {}, MARKER.encode())]
    id_ = office.act("amara", "connect_survey", **SAID, every_hours=6).id
    failed = office.act("amara", "pull_survey", connection=id_)
    line = the_only(office)

    assert (failed.state, line.came) == ("failed", "failed")
    assert "does not accept the credential" in str(line.why)
    assert MARKER not in repr(line) + repr(failed)
    assert [one.href for one in office.act("amara", "messages")] == ["/data/servers"]
    assert office.act("amara", "pull_survey", connection=id_).state == "done"


def test_a_survey_is_not_pulled_for_somebody_who_left(office, played):
    """Nothing is asked of the server; another steward sees why, and connects it anew."""
    id_ = office.act("anna", "connect_survey", **SAID, every_hours=6).id
    with office.site.ledger.write() as tx:
        office.site.accounts.close(tx, office.account("anna"), datetime.now(UTC))
    office.act("amara", "pull_survey", connection=id_)

    assert "no account any more" in str(the_only(office).why)
    assert played.asked == []


def test_what_is_disconnected_is_not_pulled_and_not_remembered(office, played):
    """Its deposits stay; the digests of its interviews go."""
    id_ = office.act("amara", "connect_survey", **SAID, every_hours=1).id
    office.act("amara", "pull_survey", connection=id_)
    seen = office.site.ledger.fact("survey_source", id_).body["last"]["seen"]
    office.act("amara", "disconnect_survey", connection=id_)
    pull_due(office.site, datetime.now(UTC) + timedelta(days=9))

    assert office.act("amara", "surveys_connected") == []
    assert not office.site.documents.has(seen)
    assert not office.site.queue.waiting()


@pytest.mark.parametrize("wrong", [{"server": "Other"}, {"form": "../me"}, {"every_hours": 9999}, {"basis": "consent"}])
def test_what_cannot_be_pulled_is_refused_when_it_is_connected(office, wrong):
    """An unknown server, an id that is none, a rhythm nobody needs, a ground that is not told."""
    with pytest.raises(BadInput):
        office.act("amara", "connect_survey", **{**SAID, **wrong})
