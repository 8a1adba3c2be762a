"""After an erasure every file of a site was opened with the keys that live, and nothing in any tells the person."""

import base64
import random
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.forgetting import forget
from safeconduct.actions.forgetting_records import erase_records
from safeconduct.actions.housekeeping import tidied
from safeconduct.actions.rekeying import rotate_pseudonyms
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site, dataset_of
from safeconduct.ingest.people import pseudonyms
from safeconduct.model.errors import NotFound, SafeconductError
from safeconduct.server.app import create_app

HOUSEHOLD, NAME, VILLAGE, JOB, INCOME = "hh-marker-7", "Zanele Marker", "Markerville", "markersmith", "987654"
SIGNS = tuple(one.encode() for one in (HOUSEHOLD, NAME, VILLAGE, JOB, INCOME))
ROLES = {"people": {"hhid": "household id", "name": "direct identifier", "village": "geography",
                    "sex": "quasi-identifier", "age": "quasi-identifier", "income": "sensitive",
                    "job": "other"}}  # fmt: skip
PLAN = (
    {"method": "recode", "columns": ["age"], "parameters": {"width": "20", "first": "20", "last": "80"}, "why": "."},
    {"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order of rows tells nothing."},
)
CORRECTION = {"method": "recode_value", "columns": ["job"], "file": "people", "why": "It was misspelt.",
              "parameters": {"codes": {"markersmyth": JOB}}}  # fmt: skip


def survey() -> str:
    """Sixty households of two, and one of one whom every cell tells."""
    drawn = random.Random(1)  # noqa: S311 - a sample, no secret
    rows = ["hhid,name,village,sex,age,income,job"]
    for household in range(60):
        for place in range(2):
            cells = (drawn.choice(["North", "South"]), drawn.choice(["Woman", "Man"]), drawn.randint(20, 79),
                     10 * drawn.randint(5, 50), drawn.choice(["farmer", "nurse"]))  # fmt: skip
            rows.append(",".join(map(str, (f"hh-{household}", f"Person {household} {place}", *cells))))
    rows.append(f"{HOUSEHOLD},{NAME},{VILLAGE},Woman,97,{INCOME},markersmyth")
    return "\n".join((*rows, ""))


@pytest.fixture(scope="module")
def office(little, publishing, tmp_path_factory):
    """Records kept, a plan tried, an edition handed in, a deposit nobody decided about, a file sent and forgotten."""
    folder = tmp_path_factory.mktemp("office")
    site = little.Site.create(folder / "site", name="little", training=True)
    for login, roles in (("amara", ("steward",)), ("dara", ("dpo",))):
        first_person(site, login=login, name=login, password=publishing.PASSWORD, roles=roles)
    made, file = publishing.Office(folder / "site"), folder / "people.csv"
    file.write_text(survey())
    kept = made.deposit(file)
    made.act("amara", "correct_rows", deposit=kept, steps=[CORRECTION])
    made.act("amara", "look_at_rows", deposit=kept)
    made.keep(kept, ROLES)
    made.act("amara", "submit_edition", edition=made.prepare(plan=PLAN))
    made.deposit(file)
    made.send("amara", file)
    return made


@pytest.fixture(scope="module")
def erased(office, publishing, tmp_path_factory):
    """The same site after they were erased from the study."""
    copy = publishing.copied(office, tmp_path_factory.mktemp("erased"))
    copy.act("dara", "opt_out_records", study=publishing.STUDY, households=[HOUSEHOLD])
    copy.act("dara", "forget_records", study=publishing.STUDY, at_once=True)
    copy.work()
    return copy


def signs_of(office, study: str) -> tuple[bytes, ...]:
    """What is theirs and nobody else's: cells, and the pseudonym of their household in every spelling."""
    made = pseudonyms(office.site.keys.derive("household", dataset_of(study)), [HOUSEHOLD])
    return (*SIGNS, made, made.hex().encode(), base64.b64encode(made)[:20])


def places(found: list[str]) -> set[str]:
    """In which folders something was found."""
    return {"/".join(one.split("/")[: 2 if one.startswith("intake") else 1]) for one in found}


def test_before_they_are_found_wherever_rows_are(office, opened, publishing) -> None:
    """The control: in the store, in the draft, in the deposit, in the files sent, in the corrections."""
    found = opened.told(office.site, signs_of(office, publishing.STUDY))

    assert places(found) == {"store", "drafts", "intake/staged", "intake/uploads", "documents"}


def test_afterwards_they_are_found_nowhere(erased, opened, publishing) -> None:
    assert opened.told(erased.site, signs_of(erased, publishing.STUDY)) == []


def test_the_pages_of_what_was_destroyed_say_so_and_break_nowhere(erased, publishing) -> None:
    deposits = erased.act("amara", "deposits")
    views = [erased.act("amara", "cleaning", deposit=one.id) for one in deposits]
    states = {one.state for one in deposits}

    assert states == {"kept", "withdrawn"}
    assert [(one.steps, one.looked) for one in views] == [((), False)] * 2
    assert erased.site.ledger.fact("edition", publishing.EDITION).state == "withdrawn"
    assert any("send it again" in one.says.id for one in erased.act("amara", "messages"))


def test_copies_of_everything_from_before_open_with_no_key_that_lives(office, erased, little) -> None:
    """Manifests, key files, documents and the ring: what was copied needs a key that was destroyed."""
    there = little.wrapped_below(office.root)
    ring = (office.root / "keys" / "ring.sealed").read_bytes()

    assert len(there) > 15
    assert little.live_keys(erased.site, of=office.root) == set()
    assert little.live_keys(office.site)
    assert not little.opens_ring(erased.site, ring)
    assert erased.site.ledger.fact("key_exchange", "site").state == "done"


def test_an_erasure_done_again_ends_the_same(erased, opened, publishing) -> None:
    """As a restored copy does it, or a worker after one that was killed."""
    erase_records(erased.site, dataset_of(publishing.STUDY), datetime.now(UTC))
    tidied(erased.site, datetime.now(UTC) + timedelta(days=31))

    assert opened.told(erased.site, signs_of(erased, publishing.STUDY)) == []


@pytest.mark.parametrize("at", ["destroy_loose_uploads", "_withdraw_deposits", "forget_corrections",
                                "_withdraw_editions", "forget_listed"])  # fmt: skip
def test_killed_after_any_of_its_parts_it_goes_on(office, publishing, opened, at, tmp_path, monkeypatch) -> None:
    from safeconduct.actions import forgetting_records as module  # noqa: PLC0415 - its parts are replaced here

    copy, real = publishing.copied(office, tmp_path), getattr(module, at)
    copy.act("dara", "opt_out_records", study=publishing.STUDY, households=[HOUSEHOLD])

    def dies(*told: object, **how: object) -> None:
        real(*told, **how)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, at, dies)
        with pytest.raises(KeyboardInterrupt):
            erase_records(copy.site, dataset_of(publishing.STUDY), datetime.now(UTC))
    erase_records(copy.site, dataset_of(publishing.STUDY), datetime.now(UTC))
    copy.work()

    assert opened.told(copy.site, signs_of(copy, publishing.STUDY)) == []


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_of_phone_records_nothing_tells_them_in_any_file(little, opened, made, tmp_path, epoch) -> None:
    """Nor under any key that pseudonyms rest under."""
    shutil.copytree(made, tmp_path / "copy")
    here = little.Little(tmp_path / "copy")
    for _ in range(1, epoch):
        rotate_pseudonyms(here.room("engineer"), dataset="phone")
        here.work()
    own = little.pseudonym_of(here.site, little.FLED)
    signs = (little.FLED[1:].encode(), bytes.fromhex(own), own.encode(), base64.b64encode(bytes.fromhex(own))[:20])
    before = opened.told(here.site, signs)
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()

    assert places(before) == {"store", "quarantine"}
    assert opened.told(here.site, signs) == []


def test_a_kind_of_file_nobody_told_of_is_a_failure(opened, here) -> None:
    (here.folder / "site" / "store" / "phone" / "notes.txt").write_text("rows")

    with pytest.raises(AssertionError, match="say in KINDS"):
        list(opened.everything(here.site))


def test_a_document_that_an_erasure_destroyed_opens_no_more_from_a_copy(office, erased) -> None:
    gone = {path.stem for path in office.site.folders.documents.glob("*.json")}
    gone -= {path.stem for path in erased.site.folders.documents.glob("*.json")}

    assert gone
    for digest in gone:
        shutil.copy(office.site.folders.documents / f"{digest}.json", erased.site.folders.documents)
        with pytest.raises((NotFound, SafeconductError)):
            erased.site.documents.get(digest)
        (erased.site.folders.documents / f"{digest}.json").unlink()


def test_how_long_what_is_kept_stands_on_the_page_of_the_sites_health(erased, publishing) -> None:
    erased.act("amara", "set_study_retention", study=publishing.STUDY, reason="The agreement.", drafts=91)
    with TestClient(create_app(Site.open(erased.root)), base_url="http://127.0.0.1") as client:
        client.cookies.set("safeconduct", erased.cookie("amara")["cookie"])
        shown = client.get("/assurance/health").text

    assert "How long records are kept" in shown
    assert "91 days" in shown
    assert "Keys were exchanged after every erasure." in shown
