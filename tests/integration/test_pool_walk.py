"""A pool from its opening to a data set, with three organisations that never see each other."""

from datetime import UTC, datetime

import pytest

import pooling
from safeconduct.actions.erasing import replay
from safeconduct.actions.pool_base import opened, papers, pool_papers, share_dataset, shares_of
from safeconduct.actions.verb import verbs
from safeconduct.engines.tables import table as read_table
from safeconduct.govern.may import Yes, may
from safeconduct.ledger.erasures import Erasure, erasures
from safeconduct.model.errors import NotFound, NotPermitted, SafeconductError, WrongState
from safeconduct.model.microdata import VariableRole


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A pool with three shares, compared; and the house."""
    house = pooling.founded(tmp_path_factory.mktemp("pool") / "site")
    pool = pooling.contributed(house, tmp_path_factory.mktemp("files"))
    house.act("amara", "plan_pool", pool=pool, steps=list(pooling.PLAN))
    house.act("amara", "compare_shares", pool=pool)
    yield house, pool
    house.site.ledger.close()


@pytest.fixture
def fresh(walked, tmp_path_factory):
    """The same elsewhere, to be changed."""
    house, pool = walked
    copy = pooling.copied(house, tmp_path_factory.mktemp("copy"))
    yield copy, pool
    copy.site.ledger.close()


def test_each_is_told_of_its_own_records_only(walked):
    """Five people are held by two organisations: each is told of five rows of its own, the third of none."""
    house, pool = walked
    rows = {login: [one.row for one in house.act(login, "share_duplicates", pool=pool)] for login in pooling.MEMBERS}

    assert rows == {"hope": [6, 7, 8, 9, 10], "lucas": [4, 5, 6, 7, 8], "ravi": []}


def test_nobody_learns_whom_else_or_how_many(walked):
    """What a contributor reads holds no other organisation, and no number of anybody else's records."""
    house, pool = walked
    for login, own in pooling.MEMBERS.items():
        told = repr((house.act(login, "my_share", pool=pool), house.act(login, "share_report", pool=pool),
                     house.act(login, "share_duplicates", pool=pool), house.act(login, "my_pools")))  # fmt: skip
        assert own in told
        assert not [other for other in pooling.MEMBERS.values() if other != own and other in told]


def test_the_host_reads_no_row_and_no_count(walked):
    """Reports of fields and states; no cell, no name, no number of records."""
    house, pool = walked
    told = repr((house.act("amara", "pool_state", pool=pool), house.act("amara", "pools")))

    assert "prs_Gender" in told
    assert pooling.MARKER not in told
    assert "30" not in told.replace("2030", "").replace("agreement", "").split("fields=")[1].split("steps=")[0]


OF_SHARES = ("my_share", "contribute", "share_report", "correct_share", "share_duplicates", "decide_duplicates",
             "preview_share", "sign_off_share", "withdraw_share", "share_proof")  # fmt: skip
OF_POOLS = ("pool_state", "invite_to_pool", "plan_pool", "close_pool", "compare_shares", "freeze_pool")
GIVEN = {"uploads": (), "steps": (), "rows": (1,), "fate": "keep", "seen": "x", "office": "x", "organisations": ("x",)}


def told(house, login, verb, pool):
    """What somebody is told, in the words of the error."""
    found = verbs[verb]
    given = {one.name: GIVEN[one.name] for one in found.parameters if one.needed and one.name != "pool"}
    try:
        found.run(house.room(login), pool=pool, **given)
    except SafeconductError as error:
        return type(error), str(error)
    return type(None), ""


@pytest.mark.parametrize(("verb", "login"), [
    *((verb, "sara") for verb in OF_SHARES), *((verb, "gus") for verb in OF_POOLS),
])  # fmt: skip
def test_a_pool_one_has_no_part_in_is_told_like_one_that_is_not_there(walked, verb, login):
    """A contributor who was not invited and the steward of another organisation learn nothing by asking."""
    house, pool = walked

    assert told(house, login, verb, pool) == told(house, login, verb, "pnothing") != (type(None), "")
    assert told(house, login, verb, pool)[0] is NotFound


def test_every_verb_of_pools_was_asked_by_strangers():
    """A verb added tomorrow is looked at, or this fails."""
    about = {name for name, one in verbs.items() if "pool" in {each.name for each in one.parameters}}

    assert about == {*OF_SHARES, *OF_POOLS}


@pytest.mark.parametrize("login", ["amara", "nadia", "gus"])
def test_no_role_of_the_house_reaches_a_share(walked, login):
    """Neither steward nor analyst: refused before anything is looked up; nor does a contributor reach the host's."""
    house, pool = walked
    for verb in OF_SHARES:
        assert told(house, login, verb, pool)[0] is NotPermitted
    for verb in (*OF_POOLS, "deposits", "studies", "measure", "plan", "pools"):
        assert not isinstance(may(verbs[verb].needs, house.room("hope").caller.roles), Yes)


def test_no_verb_of_studies_knows_a_share(walked):
    """Shares are of no study: nothing that stewards and analysts read by the name of a study finds them."""
    house, pool = walked
    share = shares_of(house.site, pool)[0][0]
    names = (f"pool/{share.id}", share.id, share_dataset(share.id), pooling.STUDY)
    for verb in ("measure", "plan"):
        for study in names:
            with pytest.raises(SafeconductError):
                house.act("amara", verb, study=study)
    assert house.act("amara", "deposits") == []
    assert all(not one.kept for one in house.act("amara", "studies"))


def test_work_on_a_share_is_nobody_elses_to_ask_about(walked):
    """The key of the work is told like one that is not there, to stewards too."""
    house, pool = walked
    share = shares_of(house.site, pool)[0][0]
    for login in ("lucas", "amara", "sara"):
        with pytest.raises(NotFound):
            house.act(login, "task", key=f"share/{share.id}/1")


def test_no_cell_of_a_share_is_in_clear_anywhere(walked):
    """Neither in the database nor in any file of the site."""
    house, _ = walked
    marker = pooling.MARKER.encode()
    assert [path for path in house.root.rglob("*") if path.is_file() and marker in path.read_bytes()] == []


def test_uploads_are_gone_once_they_were_read(walked):
    """What arrived is kept once, staged; not twice."""
    house, _ = walked
    assert [path for path in (house.root / "intake" / "uploads").rglob("*") if path.is_file()] == []


def test_withdrawing_destroys_everything_with_proof_and_others_forget(fresh):
    """Records, papers, staged tables: gone, told as erased; nobody is told any more that this share held a person."""
    house, pool = fresh
    share = next(one for one, _ in shares_of(house.site, pool) if one.organisation == "Lighthouse")
    places = [
        house.root / "store" / share_dataset(share.id),
        opened(house.site, share.id).staging / share.id.replace("-", "_"),
    ]
    assert all(place.exists() for place in places)

    house.act("lucas", "withdraw_share", pool=pool)
    house.work()

    assert [path for place in places for path in place.rglob("*") if path.is_file() and path.name != ".lock"] == []
    assert len(house.act("lucas", "share_proof", pool=pool)) > 3
    assert ("share", share.id) in {(one.kind, one.subject) for one in erasures(house.site.ledger)}
    assert house.act("hope", "share_duplicates", pool=pool) == []
    with pytest.raises(NotFound):
        house.act("lucas", "share_report", pool=pool)
    with pytest.raises(WrongState):
        house.act("lucas", "withdraw_share", pool=pool)


def test_a_copy_from_before_a_withdrawal_forgets_again(walked, tmp_path_factory):
    """Replaying the list of erasures destroys the share in an older copy; twice changes nothing."""
    house, pool = walked
    older = pooling.copied(house, tmp_path_factory.mktemp("older"))
    share = next(one for one, _ in shares_of(older.site, pool) if one.organisation == "Refuge")
    listed = [Erasure(at="2026-01-01T00:00:00Z", kind="share", subject=share.id)]
    for _ in range(2):
        replay(older.site, listed, now=datetime.now(UTC))

    assert not (older.root / "store" / share_dataset(share.id)).exists()
    assert older.site.ledger.fact("contribution", share.id).state == "withdrawn"
    older.site.ledger.close()


def test_a_signature_falls_with_what_was_signed(fresh):
    """A new treatment plan or a correction takes it away, and signing what was not seen does nothing."""
    house, pool = fresh
    house.sign("ravi", pool)
    assert house.act("ravi", "my_share", pool=pool).state == "signed_off"
    house.act("amara", "plan_pool", pool=pool, steps=list(pooling.PLAN[:1]))

    assert house.act("ravi", "my_share", pool=pool).state == "contributed"
    with pytest.raises(WrongState):
        house.act("ravi", "preview_share", pool=pool)


def test_the_frozen_pool_holds_one_of_two_and_who_agreed(fresh, tmp_path):
    """Three shares of 30, five people twice, four who did not agree to research: 81 records, coded, none by name."""
    house, pool = fresh
    cases = [pooling.case(200 + at, con_ConsentResearch="TRUE" if at > 3 else "no") for at in range(30)]
    house.contribute("ravi", pool, tmp_path, cases)
    house.act("amara", "compare_shares", pool=pool)
    for login in pooling.MEMBERS:
        house.sign(login, pool)
    with pytest.raises(WrongState):
        house.act("amara", "freeze_pool", pool=pool)
    house.let_freeze(pool)
    frozen = house.act("amara", "freeze_pool", pool=pool)
    house.work()

    assert frozen.state == "done", str(frozen.says)
    records = house.site.microdata_records(pooling.STUDY, house.site.microdata(pooling.STUDY).id)
    columns = ["prs_Gender", "contributor", "con_ConsentResearch"]
    found = read_table(records, "cases", columns, memory_mb=64).arrow
    assert len(found) == records.part("cases").stored.rows == 30 + 30 - 5 + 26
    assert set(found.column("contributor").to_pylist()) == {"1", "2", "3"}
    assert records.roles["cases"]["contributor"] is VariableRole.FREE_TEXT
    assert not {"prs_FirstName", "prs_MobilePhone", "cco_CaseComment"} & set(records.files[0].names)
    _nothing_else_is_left(house, pool)


def _nothing_else_is_left(house, pool):
    assert not pool_papers(house.site, pool).has_key()
    assert {fact.state for _, fact in shares_of(house.site, pool)} == {"frozen"}
    for share, _ in shares_of(house.site, pool):
        assert not (house.root / "store" / share_dataset(share.id)).exists()
        with pytest.raises(NotFound):
            papers(house.site, share.id).key()
    with pytest.raises(WrongState, match="rights request"):
        house.act("hope", "withdraw_share", pool=pool)
    assert [one.id for one in house.act("amara", "deposits")]
    assert house.act("amara", "plan", study=pooling.STUDY).recipe.steps[0].columns == ("contributor",)


def test_two_organisations_are_no_pool(fresh):
    """Each would know the other's by leaving its own out: nothing is compared, nothing frozen."""
    house, pool = fresh
    house.act("ravi", "withdraw_share", pool=pool)
    with pytest.raises(WrongState):
        house.act("amara", "compare_shares", pool=pool)
    house.let_freeze(pool)
    with pytest.raises(WrongState):
        house.act("amara", "freeze_pool", pool=pool)


def test_closing_destroys_every_share(fresh):
    """And the key."""
    house, pool = fresh
    house.act("amara", "close_pool", pool=pool)
    house.work()

    assert {fact.state for _, fact in shares_of(house.site, pool)} == {"withdrawn"}
    assert not pool_papers(house.site, pool).has_key()
    assert not list((house.root / "store").rglob("*.chest"))


def test_files_that_cannot_be_read_say_so_without_a_cell(fresh, tmp_path):
    """A file without a column of the standard: the organisation reads what to do, and nothing of the file is kept."""
    house, pool = fresh
    task = house.contribute("hope", pool, tmp_path, [{"first": pooling.MARKER, "second": "x"}] * 3)
    share = house.act("hope", "my_share", pool=pool)

    assert task.state == "failed"
    assert pooling.MARKER not in repr((task, share))
    assert share.notes
    assert [path for path in (house.root / "intake" / "uploads").rglob("*") if path.is_file()] == []


def test_a_share_that_leaves_while_it_is_read_leaves_nothing(fresh, tmp_path):
    """Withdrawn between sending and reading: the reading ends, and nothing of it stays."""
    house, pool = fresh
    upload = house.send("ravi", pooling.written(tmp_path / "late.csv", pooling.share_of(300)))
    verbs["contribute"].call(house.room("ravi"), {"pool": pool, "uploads": [upload]})
    with pytest.raises(WrongState, match="being read"):
        verbs["correct_share"].call(
            house.room("ravi"), {"pool": pool, "steps": [{"method": "drop_duplicates", "columns": []}]}
        )
    share = next(one for one, _ in shares_of(house.site, pool) if one.organisation == "Refuge")
    verbs["withdraw_share"].call(house.room("ravi"), {"pool": pool})
    house.work()

    staged = opened(house.site, share.id)
    places = (house.root / "store" / share_dataset(share.id), staged.staging / staged.staged_as, house.root / "intake")
    assert [path for place in places for path in place.rglob("*.chest") if "Refuge" in str(path)] == []
    assert not places[0].exists()
    assert [path for path in (house.root / "intake" / "uploads").rglob("*") if path.is_file()] == []


def test_corrections_are_steps_and_mend_what_the_report_suggests(fresh, tmp_path):
    """A misspelt code is replaced by the suggested one; a column of consent is never corrected."""
    house, pool = fresh
    cases = [{**one, "prs_Gender": "Femminine"} for one in pooling.share_of(0, 6)]
    house.contribute("hope", pool, tmp_path, cases)
    line = next(one for one in house.act("hope", "share_report", pool=pool).columns if one.column == "prs_Gender")
    step = {"method": line.suggestion.method, "file": line.suggestion.file, "columns": ["prs_Gender"],
            "parameters": {"codes": {"Femminine": "Feminine"}}}  # fmt: skip
    house.act("hope", "correct_share", pool=pool, steps=[step])
    after = next(one for one in house.act("hope", "share_report", pool=pool).columns if one.column == "prs_Gender")
    wrong = {**step, "columns": ["con_Consent"], "parameters": {"codes": {"TRUE": "FALSE"}}}
    refused = house.act("hope", "correct_share", pool=pool, steps=[wrong])

    assert line.codes[0].suggestion == "Feminine"
    assert after.codes == ()
    assert refused.state == "failed"
    assert "cannot be corrected here" in str(refused.says)
