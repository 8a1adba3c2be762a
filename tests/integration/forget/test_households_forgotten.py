"""A household or a record of a survey is left out of files that come, and erased from every version and draft."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from safeconduct.actions.editions import Edition, body_of
from safeconduct.actions.erasing import export_erasures, replay
from safeconduct.actions.forgetting_records import erase_records, forget_records, opt_in_records, opt_out_records
from safeconduct.actions.retaining import nightly
from safeconduct.actions.retaining_records import (
    nightly_records,
    retain_records,
    retention_rules,
    set_study_retention,
)
from safeconduct.actions.site import dataset_of
from safeconduct.ingest.arriving import keep, stage
from safeconduct.ingest.people import pseudonyms
from safeconduct.ingest.survey import Contents, ReadTable
from safeconduct.ledger.erasures import Erasure
from safeconduct.model.editions import Content, FileDraft
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState
from safeconduct.model.microdata import DataFile, Variable, VariableRole, VariableType
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.trees import to_tree
from safeconduct.store.microdata import Microdata
from safeconduct.store.tombstones import CodeFiles

R, T = VariableRole, VariableType
STUDY = "FLOOD-2026"
GONE = "h-marker-7"
TABLES = {
    "districts": {"district": ["N", "S"], "name": ["North", "South"]},
    "households": {"hhid": [GONE, "h3", "h5"], "district": ["N", "S", "S"]},
    "members": {"hhid": ["h3", "h3", "h5", GONE, GONE], "pid": [1, 2, 1, 1, 2], "age": [30, 31, 5, 61, 62]},
    "jobs": {"hhid": ["h3", "h3", GONE], "pid": [1, 2, 2], "job": ["farmer", "nurse", "miner"]},
}
SHAPE = {
    "districts": {"key": ("district",)},
    "households": {"key": ("hhid",), "parent": "districts", "link": ("district",)},
    "members": {"key": ("hhid", "pid"), "parent": "households", "link": ("hhid",)},
    "jobs": {"parent": "members", "link": ("hhid", "pid")},
}
ROLES = {
    "districts": {"district": R.GEOGRAPHY, "name": R.OTHER},
    "households": {"hhid": R.HOUSEHOLD, "district": R.GEOGRAPHY},
    "members": {"hhid": R.HOUSEHOLD, "pid": R.OTHER, "age": R.QUASI},
    "jobs": {"hhid": R.HOUSEHOLD, "pid": R.OTHER, "job": R.SENSITIVE},
}  # fmt: skip
AFTER_THE_HOUSEHOLD = {"districts": ["North", "South"], "members": [30, 31, 5], "jobs": ["farmer", "nurse"]}
EVERYTHING = {"districts": ["North", "South"], "members": [30, 31, 5, 61, 62], "jobs": ["farmer", "nurse", "miner"]}
TOLD = {"districts": "name", "members": "age", "jobs": "job"}


def contents() -> Contents:
    read = []
    for name, columns in TABLES.items():
        kinds = {one: T.INTEGER if isinstance(values[0], int) else T.TEXT for one, values in columns.items()}
        file = DataFile(
            name=name, variables=tuple(Variable(name=one, type=kinds[one]) for one in columns), **SHAPE[name]
        )
        arrow = pa.table(columns)
        read.append(ReadTable(file=file, batches=lambda arrow=arrow: iter(arrow.to_batches())))
    return Contents(tables=tuple(read), format="made")


def keep_again(here, deposit: str) -> str:
    """Keep the files once more, as the next version; its id."""
    site = here.site
    before = site.ledger.fact("microdata", STUDY)
    staged = stage(contents(), opened=site.arrival(STUDY, deposit))
    kept = keep(staged, roles=ROLES, previous=site.microdata(STUDY) if before else None)
    now = datetime.now(UTC)
    with site.ledger.write() as tx:
        tx.put("study", STUDY, {"title": "Flood"}, at=now)
        tx.put("microdata", STUDY, {"manifest": kept.manifest.id, "deposit": deposit}, at=now)
        tx.event(actor="u1", verb="keep_records", subject=STUDY, body={}, at=now)
    return kept.manifest.id


def draft(here, number: int, state: str, at: datetime | None = None) -> Content:
    """An edition in some state, with treated rows kept for it."""
    site, now = here.site, at or datetime.now(UTC)
    content = site.drafts.keep(Table(pa.table({"age": [61, 30]})))
    file = FileDraft(study=STUDY, edition=number, access=Access.PUBLIC_USE, files=(), content={"members": content},
                     recipe=Recipe(dataset="d", roles={}), data_version="v", code="0")  # fmt: skip
    document = site.documents.put(to_tree(file))
    edition = Edition(study=STUDY, number=number, access=Access.PUBLIC_USE, draft=document, tried="", policy="p",
                      authors=("u1",))  # fmt: skip
    with site.ledger.write() as tx:
        tx.put("edition", edition.id, body_of(edition), state=state, at=now)
        tx.event(actor="u1", verb="draft", subject=edition.id, body={}, at=now)
    return content


@pytest.fixture(scope="module")
def kept(little, tmp_path_factory):
    """A site with two versions of a survey."""
    folder = tmp_path_factory.mktemp("survey")
    little.Site.create(folder / "site", name="little", training=True).ledger.close()
    here = little.Little(folder)
    keep_again(here, "d1")
    keep_again(here, "d2")
    return folder


@pytest.fixture
def survey(little, kept, tmp_path):
    import shutil  # noqa: PLC0415 - only here

    shutil.copytree(kept, tmp_path / "survey")
    return little.Little(tmp_path / "survey")


def told(here, version: str = "") -> dict[str, list]:
    """What tells rows apart, of each table of a version."""
    records = here.site.microdata_records(STUDY, version or here.site.microdata(STUDY).id)
    return {
        name: records.part(name).read([column], memory_mb=64).column(0).to_pylist() for name, column in TOLD.items()
    }


def household_pseudonyms(here) -> list[str]:
    site, found = here.site, []
    files = CodeFiles(store=site.folders.store, dataset=dataset_of(STUDY), keys=site.keys)

    def collect(some: bytes) -> list[bool]:
        found.extend(some[at : at + 16].hex() for at in range(0, len(some), 16))
        return [False] * (len(some) // 16)

    files.codes(site.microdata(STUDY).codes, "household", collect)
    return found


def mine(here) -> str:
    return pseudonyms(here.site.keys.derive("household", dataset_of(STUDY)), [GONE]).hex()


def erase(here, **who) -> None:
    opt_out_records(here.room("dpo"), study=STUDY, **who)
    forget_records(here.room("dpo"), study=STUDY, at_once=True)
    here.work()


def test_a_household_goes_from_every_version_with_all_that_belongs_to_it(little, survey) -> None:
    before, old = survey.site.microdata(STUDY), survey.site.kept_versions(STUDY)
    assert told(survey) == EVERYTHING
    assert mine(survey) in household_pseudonyms(survey)
    erase(survey, households=(GONE,))
    site = survey.site
    now = site.kept_versions(STUDY)
    chests = {path.name for path in (site.folders.store / dataset_of(STUDY)).rglob("*.chest")}

    assert len(now) == len(old) == 2
    assert [told(survey, one) for one in now] == [AFTER_THE_HOUSEHOLD] * 2
    assert mine(survey) not in household_pseudonyms(survey)
    assert not {f"{one.chest}.chest" for one in before.files} & chests
    with pytest.raises(WrongState, match="rewritten by an erasure"):
        site.microdata(STUDY, before.id)
    site.clear()
    assert told(survey) == AFTER_THE_HOUSEHOLD


def test_a_record_goes_with_what_is_below_it_and_its_household_stays(survey) -> None:
    erase(survey, records=("h3/2",), table="members")

    assert told(survey) == {"districts": ["North", "South"], "members": [30, 5, 61, 62], "jobs": ["farmer", "miner"]}
    assert mine(survey) in household_pseudonyms(survey)


def test_files_that_come_later_are_kept_without_them(survey) -> None:
    """And with them again once they are off the list."""
    opt_out_records(survey.room("dpo"), study=STUDY, households=(GONE,), records=("h3/2",), table="members")
    keep_again(survey, "d3")
    assert told(survey) == {"districts": ["North", "South"], "members": [30, 5], "jobs": ["farmer"]}
    opt_in_records(survey.room("dpo"), study=STUDY, households=(GONE,), records=("h3/2",), table="members")
    keep_again(survey, "d4")

    assert told(survey) == EVERYTHING


@pytest.mark.parametrize(("state", "stays"), [
    ("draft", False), ("submitted", False), ("approved", False), ("withdrawn", False), ("released", True),
])  # fmt: skip
def test_editions_that_were_not_published_are_withdrawn_and_destroyed(survey, state, stays) -> None:
    """Whoever is in them; what was published stays as evidence."""
    content = draft(survey, 1, state)
    erase(survey, households=(GONE,))

    assert survey.site.drafts.exists(content) is stays
    assert survey.site.ledger.fact("edition", f"{STUDY}/1").state == ("released" if stays else "withdrawn")


def test_it_waits_for_others_and_for_thirty_days_at_most(little, survey) -> None:
    waits = opt_out_records(survey.room("dpo"), study=STUDY, households=(GONE,))
    assert forget_records(survey.room("dpo"), study=STUDY).task == ""
    nightly(survey.site, little.later(29))
    survey.work()
    assert (waits.waiting, told(survey)) == (1, EVERYTHING)
    nightly(survey.site, little.later(30))
    survey.work()

    assert told(survey) == AFTER_THE_HOUSEHOLD


def test_a_restored_copy_erases_them_again(little, survey, kept, tmp_path) -> None:
    import shutil  # noqa: PLC0415 - only here

    shutil.copytree(kept, tmp_path / "older")
    older = little.Little(tmp_path / "older")
    erase(survey, households=(GONE,))
    lines = [little.json.loads(one) for one in export_erasures(survey.site)]
    found = [Erasure(**{name: one[name] for name in ("at", "kind", "subject")}, digests=tuple(one["digests"]))
             for one in lines]  # fmt: skip
    assert replay(older.site, found, now=little.NOW) == 2

    assert told(older) == AFTER_THE_HOUSEHOLD
    assert mine(older) not in household_pseudonyms(older)


def test_killed_before_or_after_it_was_written_down_and_begun_again_it_ends_the_same(survey, monkeypatch) -> None:
    opt_out_records(survey.room("dpo"), study=STUDY, households=(GONE,))
    for broken in ("keep", "destroy"):
        forget_records(survey.room("dpo"), study=STUDY, at_once=True)
        with monkeypatch.context() as patch:
            patch.setattr(Microdata, broken, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                erase_records(survey.site, dataset_of(STUDY), datetime.now(UTC))
    survey.work()
    chests = list((survey.site.folders.store / dataset_of(STUDY)).rglob("*.chest"))

    assert told(survey) == AFTER_THE_HOUSEHOLD
    assert len(chests) == 2 * (len(TABLES) + 1) + 1


def test_what_cannot_be_meant_is_refused(survey) -> None:
    who = survey.room("dpo")
    half = "\ud800"
    for wrong in (
        {},
        {"households": (" ",)},
        {"records": ("h3/2",)},
        {"households": (half,)},
        {"records": ("h3/2",), "table": half},
    ):
        with pytest.raises(BadInput):
            opt_out_records(who, study=STUDY, **wrong)
    with pytest.raises(NotFound):
        opt_out_records(who, study="nothing", households=(GONE,))
    with pytest.raises(NotPermitted):
        opt_out_records(survey.room("steward"), study=STUDY, households=(GONE,))
    events = str([(one.subject, one.body) for one in survey.site.ledger.events()])
    assert GONE not in events


@pytest.mark.parametrize("gone", ["2026/1", " 2026/1 "])
def test_a_record_whose_number_has_a_slash_of_its_own_is_erased(little, tmp_path, gone: str) -> None:
    """Whoever names it cannot know how the program tells the values of a key apart."""
    little.Site.create(tmp_path / "site", name="little", training=True).ledger.close()
    here = little.Little(tmp_path)
    columns = {"case": ["2026/1", "2026/2", "2026"], "age": [61, 30, 5]}
    kinds = {"case": T.TEXT, "age": T.INTEGER}
    file = DataFile(name="cases", variables=tuple(Variable(name=one, type=kinds[one]) for one in columns),
                    key=("case",))  # fmt: skip
    arrow = pa.table(columns)
    read = Contents(tables=(ReadTable(file=file, batches=lambda: iter(arrow.to_batches())),), format="made")
    staged = stage(read, opened=here.site.arrival(STUDY, "d1"))
    kept = keep(staged, roles={"cases": {"case": R.OTHER, "age": R.QUASI}})
    with here.site.ledger.write() as tx:
        tx.put("study", STUDY, {"title": "Cases"}, at=datetime.now(UTC))
        tx.put("microdata", STUDY, {"manifest": kept.manifest.id, "deposit": "d1"}, at=datetime.now(UTC))
        tx.event(actor="u1", verb="keep_records", subject=STUDY, body={}, at=datetime.now(UTC))

    erase(here, records=(gone,), table="cases")

    records = here.site.microdata_records(STUDY, here.site.microdata(STUDY).id)
    assert records.part("cases").read(["age"], memory_mb=64).column(0).to_pylist() == [30, 5]


def kept_for(survey, **rule: int) -> None:
    set_study_retention(survey.room("steward"), study=STUDY, reason="The agreement says so.", **rule)


def today_and(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "withdrawn", "rejected", "released"])
def test_treated_rows_nobody_published_go_when_they_were_kept_long_enough(survey, state) -> None:
    """Thirty days after anything last happened to them they are there, a day later they are gone; what left stays."""
    content, stays = draft(survey, 1, state), state == "released"
    kept_for(survey, drafts=30)
    nightly_records(survey.site, today_and(30))
    assert survey.site.drafts.exists(content)
    would = retain_records(survey.room("engineer", now=today_and(31)), dry_run=True)[0]
    assert (would.drafts, survey.site.drafts.exists(content)) == (() if stays else (f"{STUDY}/1",), True)
    nightly_records(survey.site, today_and(31))
    proofs = [one["subject"] for one in proven(survey, "drafts")]

    assert survey.site.drafts.exists(content) is stays
    assert proofs == ([] if stays else [f"{STUDY}/{today_and(1).date()}"])
    assert survey.site.ledger.fact("edition", f"{STUDY}/1").state in {"withdrawn", "rejected", "released"}


def proven(survey, kind: str) -> list[dict]:
    told = [one.body["erased"] for one in survey.site.ledger.events(limit=1000) if "erased" in one.body]
    return [one for one in told if one["kind"] == kind]


def test_killed_before_they_are_destroyed_a_worker_does_it(survey, monkeypatch) -> None:
    content = draft(survey, 1, "draft", at=today_and(-31))
    kept_for(survey, drafts=30)
    with monkeypatch.context() as patch:
        patch.setattr(type(survey.site.drafts), "delete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            nightly_records(survey.site, today_and(0))
    assert survey.site.drafts.exists(content)
    survey.work()

    assert not survey.site.drafts.exists(content)


def test_a_version_that_another_replaced_goes_and_the_current_one_stays(survey) -> None:
    old, now = survey.site.kept_versions(STUDY)
    kept_for(survey, versions=30)
    nightly_records(survey.site, today_and(30))
    assert survey.site.kept_versions(STUDY) == (old, now)
    done = retain_records(survey.room("engineer", now=today_and(31)), study=STUDY)[0]
    chests = list((survey.site.folders.store / dataset_of(STUDY) / "microdata").glob("*.chest"))

    assert (done.versions, done.kept) == (1, 1)
    assert survey.site.kept_versions(STUDY) == (now,)
    assert len(chests) == len(TABLES) + 1
    assert told(survey) == EVERYTHING
    assert [one["digests"] for one in proven(survey, "versions")] == [[old]]
    with pytest.raises(WrongState, match="kept long enough"):
        survey.site.microdata(STUDY, old)


def test_a_study_that_does_not_open_keeps_no_other_from_being_forgotten(survey) -> None:
    """Its versions are named and gone, as after a disk that failed; it comes first, and somebody is told."""
    with survey.site.ledger.write() as tx:
        for digit in "01":
            tx.put("microdata", "A-LOST-STUDY", {"manifest": digit * 64, "deposit": "d9"}, at=datetime.now(UTC))
        tx.put("study_retention", "A-LOST-STUDY", {"drafts": 0, "versions": 30}, at=datetime.now(UTC))
        tx.event(actor="u1", verb="keep_records", subject="A-LOST-STUDY", body={}, at=datetime.now(UTC))
    kept_for(survey, versions=30)
    with pytest.raises(NotFound):
        nightly_records(survey.site, today_and(31))

    assert len(survey.site.kept_versions(STUDY)) == 1


def test_killed_before_a_version_is_destroyed_the_next_night_does_it(survey, monkeypatch) -> None:
    kept_for(survey, versions=30)
    with monkeypatch.context() as patch:
        patch.setattr(Microdata, "destroy", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            nightly_records(survey.site, today_and(31))
    nightly_records(survey.site, today_and(32))

    assert len(list((survey.site.folders.store / dataset_of(STUDY) / "microdata").glob("*.chest"))) == len(TABLES) + 1
    assert len(proven(survey, "versions")) == 1


def test_a_restored_copy_forgets_drafts_and_versions_again(little, survey, kept, tmp_path) -> None:
    import shutil  # noqa: PLC0415 - only here

    content = draft(survey, 1, "draft")
    shutil.copytree(survey.folder, tmp_path / "older")
    older = little.Little(tmp_path / "older")
    kept_for(survey, drafts=30, versions=30)
    nightly_records(survey.site, today_and(31))
    lines = [little.json.loads(one) for one in export_erasures(survey.site)]
    found = [Erasure(**{name: one[name] for name in ("at", "kind", "subject")}, digests=tuple(one["digests"]))
             for one in lines]  # fmt: skip
    replay(older.site, found, now=datetime.now(UTC))

    assert {one.kind for one in found} == {"drafts", "versions"}
    assert not older.site.drafts.exists(content)
    assert len(older.site.kept_versions(STUDY)) == 1


def test_without_a_rule_all_of_it_stays_and_a_rule_that_is_none_is_refused(survey) -> None:
    content = draft(survey, 1, "draft")
    nightly_records(survey.site, today_and(1000))
    assert survey.site.drafts.exists(content)
    assert [dict(one.rule) for one in retention_rules(survey.room("engineer"))] == [{"drafts": 0, "versions": 0}]
    for wrong in ({"drafts": -1}, {"versions": 36_501}):
        with pytest.raises(BadInput):
            kept_for(survey, **wrong)
    with pytest.raises(NotPermitted):
        set_study_retention(survey.room("analyst"), study=STUDY, reason="Why not.")
    with pytest.raises(NotFound):
        retain_records(survey.room("engineer"), study="nothing")
