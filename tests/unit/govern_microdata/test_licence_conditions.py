"""Licences: whatever is written on one is enforced, whole downloads are counted once, and ends take hold at once."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from safeconduct.govern.clauses import terms
from safeconduct.govern.licences import (
    CONDITIONS,
    DESTROY_DAYS,
    Attempt,
    Grant,
    Licence,
    accept,
    after_download,
    before_download,
    check_network,
    destruction_due,
    left,
    may_download,
    offered,
    overdue,
    parts_in_licence,
    within,
)
from safeconduct.govern.may import No, Yes
from safeconduct.govern.requests import AccessRequest, TeamMember
from safeconduct.govern.roles import Person
from safeconduct.govern.states.machine import Part, machines
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.trees import from_tree, to_tree

TODAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OFFERED = Licence(
    id="l1", request="q1", study="panel-2026", edition=1, person="rose", downloads={"members.dta": 2},
    first=TODAY, until=TODAY + 30 * DAY, encrypt_to="age1key", networks=("192.0.2.0/24", "2001:db8::/32"),
    conditions="Only in the reading room.", terms=terms("licensed").id,
)  # fmt: skip
LICENCE = accept(OFFERED, by="rose", at=NOW, offer=OFFERED.offer)
ATTEMPT = Attempt(
    person=Person(account="rose", roles=frozenset({"researcher"})), study="panel-2026", edition=1,
    edition_state="released", file="members.dta", delivery="d1", address="192.0.2.7", key="age1key", today=TODAY,
)  # fmt: skip
REFUSING = {
    "study": ("other", "licence.edition"),
    "edition": (2, "licence.edition"),
    "person": ("sam", "licence.person"),
    "state": ("revoked", "licence.state"),
    "downloads": ({"members.dta": 0}, "licence.downloads"),
    "first": (TODAY + DAY, "licence.first"),
    "until": (TODAY - DAY, "licence.until"),
    "encrypt_to": ("age1other", "licence.encrypt_to"),
    "networks": (("198.51.100.0/24",), "licence.networks"),
    "conditions": ("Only with a witness.", "licence.not_accepted"),
    "terms": ("0" * 64, "licence.not_accepted"),
    "accepted_at": (None, "licence.not_accepted"),
    "accepted": ("", "licence.not_accepted"),
    "ended_at": (NOW, "licence.state"),
    "open": ({"d2": "members.dta", "d3": "members.dta"}, "licence.downloads"),
    "delivered": (("d1",), "licence.delivered"),
}
"""A value of each condition that must turn the yes of `LICENCE` into a no."""
BOOKKEEPING = {"id", "request"}


def reason(answer):
    return answer.reason if isinstance(answer, No) else ""


def tried(licence=LICENCE, **change):
    return reason(may_download(licence, replace(ATTEMPT, **change)))


def test_a_licence_in_force_opens_its_file():
    """The control of all that follows."""
    assert may_download(LICENCE, ATTEMPT) == Yes()


def test_every_field_of_a_licence_is_a_condition_or_says_which_licence_it_is():
    """A field that is added is one or the other, and is tried below if it is a condition."""
    assert {one.name for one in fields(Licence)} == CONDITIONS | BOOKKEEPING
    assert set(REFUSING) == CONDITIONS


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_every_condition_stored_on_a_licence_is_enforced(name):
    """A limit that is saved and never read is the mistake this is not: each one alone turns the yes into a no."""
    value, expected = REFUSING[name]
    first = {"first": TODAY - 9 * DAY} if name == "until" else {}

    assert tried(replace(LICENCE, **first)) == ""
    assert tried(replace(LICENCE, **first, **{name: value})) == expected


@given(names=st.sets(st.sampled_from(sorted(CONDITIONS)), min_size=1))
def test_no_condition_takes_back_what_another_refuses(names):
    """Any of them together still refuse."""
    values = {"first": TODAY - 9 * DAY} if "until" in names else {}
    values |= {name: REFUSING[name][0] for name in names if name != "first" or "until" not in names}

    assert tried(replace(LICENCE, **values)) != ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"person": Person(account="sam", roles=frozenset({"researcher"}))}, "licence.person"),
        ({"person": Person(account="rose", roles=frozenset({"auditor"}))}, "role.missing"),
        ({"study": "other"}, "licence.edition"),
        ({"edition": 2}, "licence.edition"),
        ({"file": "households.dta"}, "licence.file"),
        ({"address": "198.51.100.1"}, "licence.networks"),
        ({"address": ""}, "licence.networks"),
        ({"address": "192.0.2.7, 198.51.100.1"}, "licence.networks"),
        ({"address": "2001:db8::1"}, ""),
        ({"address": "::ffff:192.0.2.7"}, ""),
        ({"key": ""}, "licence.encrypt_to"),
        ({"today": TODAY - DAY}, "licence.first"),
        ({"today": TODAY + 30 * DAY}, ""),
        ({"today": TODAY + 31 * DAY}, "licence.until"),
    ],
)
def test_an_attempt_outside_the_licence_is_refused(change, expected):
    """At each boundary and beyond it."""
    assert tried(**change) == expected


@pytest.mark.parametrize("state", [one.name for one in machines()["edition"].states])
def test_a_retracted_edition_is_had_by_nobody(state):
    """At once, whatever licences say; one that a later edition replaced still is."""
    assert (tried(edition_state=state) == "") == (state in {"released", "superseded"})


@pytest.mark.parametrize("state", [one.name for one in machines()["licence"].states if one.name != "accepted"])
def test_a_licence_in_any_other_state_opens_nothing(state):
    """Not accepted yet, or over."""
    assert tried(replace(LICENCE, state=state)) in {"licence.not_accepted", "licence.state"}


def test_a_revocation_takes_hold_in_the_middle_of_a_download():
    """Every piece is asked for anew."""
    begun = before_download(LICENCE, file="members.dta", delivery="d1")

    assert tried(begun) == ""
    assert tried(replace(begun, state="revoked", ended_at=NOW)) == "licence.state"


def test_a_licence_that_nobody_marked_expired_has_expired_all_the_same():
    """The day decides, not a job that runs at night."""
    assert LICENCE.state == "accepted"
    assert tried(today=LICENCE.until + DAY) == "licence.until"


def test_a_file_without_a_number_of_downloads_has_none():
    """No default is put in for what nobody granted."""
    assert tried(replace(LICENCE, downloads={})) == "licence.file"


def test_a_download_counts_once_when_it_is_whole():
    """Not when it begins, and not again however often its end is told."""
    begun = before_download(LICENCE, file="members.dta", delivery="d1")
    whole = after_download(begun, delivery="d1")

    assert begun.downloads == {"members.dta": 2}
    assert whole.downloads == after_download(whole, delivery="d1").downloads == {"members.dta": 1}
    assert after_download(LICENCE, delivery="d1") == LICENCE


def test_a_download_goes_on_after_a_break_and_does_not_begin_again():
    """The same delivery holds the same download."""
    begun = before_download(LICENCE, file="members.dta", delivery="d1")

    assert before_download(begun, file="members.dta", delivery="d1") == begun
    assert tried(begun) == ""
    assert tried(replace(begun, downloads={"members.dta": 1})) == ""


def test_a_whole_delivery_is_no_free_copy():
    """Going on with what is complete would be a download nobody counts."""
    whole = after_download(before_download(LICENCE, file="members.dta", delivery="d1"), delivery="d1")

    assert tried(whole) == "licence.delivered"
    assert tried(whole, delivery="d2") == ""


def test_many_downloads_at_once_do_not_add_up_to_more_than_are_left():
    """Each holds one from its first byte."""
    licence = LICENCE
    for n in (1, 2):
        licence = before_download(licence, file="members.dta", delivery=f"d{n}")

    assert left(licence, "members.dta") == 0
    assert tried(licence, delivery="d3") == "licence.downloads"


def test_a_delivery_of_one_file_fetches_no_other():
    """Its id is no key to the rest."""
    both = replace(LICENCE, downloads={"members.dta": 1, "households.dta": 1})
    begun = before_download(both, file="members.dta", delivery="d1")

    assert tried(begun, file="households.dta") == "licence.delivery"


class Downloading(RuleBasedStateMachine):
    """However deliveries begin, break, end and are told to end, no more are whole than were granted."""

    def __init__(self) -> None:
        super().__init__()
        self.licence = replace(LICENCE, downloads={"a": 2, "b": 1})
        self.whole: dict[str, str] = {}

    @rule(file=st.sampled_from("abc"), delivery=st.sampled_from("12345"))
    def begin(self, file, delivery):
        if may_download(self.licence, replace(ATTEMPT, file=file, delivery=delivery)) == Yes():
            self.licence = before_download(self.licence, file=file, delivery=delivery)

    @rule(delivery=st.sampled_from("12345"))
    def end(self, delivery):
        if delivery in self.licence.open:
            self.whole[delivery] = self.licence.open[delivery]
        self.licence = after_download(self.licence, delivery=delivery)

    @invariant()
    def granted_and_no_more(self):
        had = list(self.whole.values())
        assert {one: had.count(one) + self.licence.downloads[one] for one in "ab"} == {"a": 2, "b": 1}
        assert all(had.count(one) <= most for one, most in {"a": 2, "b": 1, "c": 0}.items())


TestDownloading = Downloading.TestCase


def test_only_its_person_accepts_a_licence():
    """Nobody accepts for somebody else."""
    with pytest.raises(BadInput, match="by the person"):
        accept(OFFERED, by="sam", at=NOW, offer=OFFERED.offer)


def test_terms_that_changed_since_they_were_shown_are_read_again():
    """Also the conditions in words, and also when they were accepted before."""
    harder = replace(LICENCE, conditions="Only with a witness.")

    with pytest.raises(WrongState, match="changed since"):
        accept(harder, by="rose", at=NOW, offer=LICENCE.offer)
    assert tried(accept(harder, by="rose", at=NOW, offer=harder.offer)) == ""


@pytest.mark.parametrize(
    "over", [{"state": "revoked"}, {"state": "expired"}, {"state": "destroyed"}, {"until": TODAY - DAY}]
)
def test_what_is_over_is_accepted_no_more(over):
    """An acceptance does not bring it back."""
    with pytest.raises(WrongState, match="no longer"):
        accept(replace(OFFERED, first=TODAY - 9 * DAY, **over), by="rose", at=NOW, offer=OFFERED.offer)


MEMBER = TeamMember(name="Rose", title="Professor", affiliation="Makerere", account="rose", key="age1key")
REQUEST = AccessRequest(
    id="q1", study="panel-2026", edition=1, applicant="rose", team=(MEMBER,), state="approved",
    completion=TODAY + 30 * DAY,
)  # fmt: skip
GRANT = Grant(
    files={"members.dta": 2}, first=TODAY, until=TODAY + 30 * DAY, encrypted=True,
    networks=("192.0.2.0/24", "2001:db8::/32"), conditions="Only in the reading room.", terms=terms("licensed"),
)  # fmt: skip


def test_a_person_of_the_team_is_offered_what_was_granted():
    """To their own key."""
    assert offered(REQUEST, GRANT, account="rose", id="l1") == OFFERED


@pytest.mark.parametrize(
    ("request_", "grant", "account"),
    [
        (replace(REQUEST, state="submitted"), GRANT, "rose"),
        (REQUEST, GRANT, "sam"),
        (replace(REQUEST, team=(replace(MEMBER, account=""),)), GRANT, ""),
        (replace(REQUEST, team=(replace(MEMBER, key=""),)), GRANT, "rose"),
        (REQUEST, replace(GRANT, until=TODAY + 31 * DAY), "rose"),
        (replace(REQUEST, completion=None), GRANT, "rose"),
        (REQUEST, replace(GRANT, until=TODAY - DAY), "rose"),
        (REQUEST, replace(GRANT, networks=("192.0.2.7/24",)), "rose"),
    ],
    ids=["not granted", "not of the team", "no account", "no key", "too long", "no end", "backwards", "no network"],
)
def test_nobody_is_offered_what_was_not_granted(request_, grant, account):
    """One thing wrong at a time."""
    with pytest.raises((WrongState, BadInput)):
        offered(request_, grant, account=account, id="l1")


def test_files_that_need_no_encryption_go_without_a_key():
    """A key that somebody has is no condition by itself."""
    assert offered(REQUEST, replace(GRANT, encrypted=False), account="rose", id="l1").encrypt_to == ""


@pytest.mark.parametrize("text", ["", "everywhere", "192.0.2.0/33", "192.0.2.7/24", "192.0.2"])
def test_a_network_that_is_none_is_not_taken(text):
    """A limit nobody can apply would be no limit."""
    with pytest.raises(BadInput, match="write a network as"):
        replace(OFFERED, networks=(text,))


@given(st.text())
def test_an_address_that_is_none_is_in_no_network(address):
    """It never counts as everywhere, and it never breaks."""
    assert isinstance(within(address, (check_network("0.0.0.0/0"), check_network("::/0"))), bool)
    assert within(address, ()) is False


HAD = after_download(before_download(LICENCE, file="members.dta", delivery="d1"), delivery="d1")


@pytest.mark.parametrize(
    ("licence", "today", "due"),
    [
        (HAD, HAD.until, None),
        (HAD, HAD.until + DAY, HAD.until + DESTROY_DAYS * DAY),
        (replace(HAD, state="expired", ended_at=NOW + 40 * DAY), HAD.until + DAY, HAD.until + DESTROY_DAYS * DAY),
        (replace(HAD, state="revoked", ended_at=NOW), TODAY, TODAY + DESTROY_DAYS * DAY),
        (replace(HAD, state="destroyed", ended_at=NOW), HAD.until + 99 * DAY, None),
        (LICENCE, LICENCE.until + DAY, None),
        (before_download(LICENCE, file="members.dta", delivery="d1"), TODAY + 31 * DAY, TODAY + 60 * DAY),
    ],
    ids=["in force", "over", "marked late", "revoked", "confirmed", "never had", "half a file"],
)
def test_when_the_confirmation_of_destruction_is_due(licence, today, due):
    """Thirty days after the end, for whoever had anything."""
    assert destruction_due(licence, today=today) == due


def test_a_confirmation_is_late_the_day_after_it_is_due():
    """The day itself is in time."""
    due = HAD.until + DESTROY_DAYS * DAY

    assert not overdue(HAD, today=due)
    assert overdue(HAD, today=due + DAY)


def test_what_somebody_is_to_a_licence():
    """Its holder is nothing else to it, so nobody revokes or keeps their own as an officer."""
    everything = frozenset({"committee", "dpo", "steward", "researcher"})

    assert parts_in_licence(Person(account="rose", roles=everything), LICENCE) == {Part.MEMBER}
    assert parts_in_licence(Person(account="eve", roles=everything), LICENCE) == {
        Part.COMMITTEE, Part.DPO, Part.STEWARD,
    }  # fmt: skip
    assert parts_in_licence(Person(account="sam", roles=frozenset({"researcher"})), LICENCE) == frozenset()


def test_a_licence_is_kept_and_read_back_whole():
    """As the ledger keeps it."""
    assert from_tree(Licence, to_tree(HAD)) == HAD


def test_a_licence_shows_no_key_by_accident():
    """A key names its holder."""
    assert "age1key" not in repr(LICENCE) + repr(ATTEMPT)
