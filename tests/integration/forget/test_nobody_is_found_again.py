"""After an erasure everything that opens with any key that lives was looked into, and nobody is found."""

import base64
import shutil

import duckdb
import pytest

from safeconduct.actions.forgetting import forget
from safeconduct.model.errors import WrongState
from safeconduct.store.encrypted import add_key, connect
from safeconduct.store.rotation import parts_of


@pytest.fixture(scope="module")
def erased(little, made, tmp_path_factory):
    """A copy on which somebody was erased, as it was before, and the codes they had."""
    folder = tmp_path_factory.mktemp("erased")
    shutil.copytree(made, folder / "before")
    shutil.copytree(made, folder / "after")
    here = little.Little(folder / "after")
    code = here.codes(here.site.manifest("phone"))["person"].index(little.pseudonym_of(here.site, little.FLED))
    little.seen(here.site).put("part", _bits(little, code))
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()
    return little.Little(folder / "before"), here, code


def _bits(little, code):
    from safeconduct.store.seen import bits_of  # noqa: PLC0415 - only here

    return bits_of(little.codes([code, code + 1]))


def data_keys(site) -> set[bytes]:
    found = parts_of(site.folders.store / "phone", "phone", site.keys)
    return {site.keys.unwrap(base64.b64decode(key), about=f"phone/{path}") for path, key in found.items()}


def test_the_person_was_in_every_place_before(little, erased) -> None:
    """The control: the same looks find them on the copy from before."""
    before, _, _ = erased
    site, mine = before.site, little.pseudonym_of(before.site, little.FLED)
    rows = [one for found in before.rows().values() for one in found]

    assert any(dict(one)["person"] == mine for one in rows)
    assert any(dict(one).get("counterpart") == mine for one in rows)
    assert any(little.FLED[1:].encode() in content for _, content in little.everything_plain(site))


def test_no_row_of_any_version_holds_them_as_either_side(little, erased) -> None:
    _, after, code = erased
    site, mine = after.site, little.pseudonym_of(after.site, little.FLED)
    kept = little.versions(site)

    assert len(kept) > 1
    for one in kept:
        codes = after.codes(one)
        assert mine not in codes["person"]
        gone = codes["person"][code]
        assert not any(gone in str(row) for rows in after.rows(one).values() for row in rows)


def test_their_card_goes_and_a_phone_somebody_else_has_too_stays(little, erased) -> None:
    _, after, _ = erased
    codes = after.codes(after.site.manifest("phone"))
    own = little.FLED[-4:]

    assert little.pseudonym_of(after.site, f"6430100000{own}", "imsi") not in codes["imsi"]
    assert little.pseudonym_of(after.site, f"3500000000{own}", "imei") not in codes["imei"]
    assert little.pseudonym_of(after.site, "35999999999999", "imei") in codes["imei"]


def test_everybody_elses_rows_are_what_they_were(little, erased) -> None:
    """Row for row, in every file, but that nobody stands where the erased were called."""
    before, after, _ = erased
    mine = little.pseudonym_of(before.site, little.FLED)
    wanted = {
        name: [_without(row, mine) for row in rows if dict(row)["person"] != mine]
        for name, rows in before.rows().items()
    }
    found = after.rows()

    assert len(wanted) > 2
    assert {name: sorted(rows, key=str) for name, rows in wanted.items()} == found


def _without(row: tuple, mine: str) -> tuple:
    return tuple((name, None if name == "counterpart" and value == mine else value) for name, value in row)


def test_no_other_file_tells_their_number_or_pseudonym(little, erased) -> None:
    _, after, code = erased
    site = after.site
    mine = bytes.fromhex(little.pseudonym_of(site, little.FLED))
    signs = (little.FLED[1:].encode(), mine, mine.hex().encode(), base64.b64encode(mine)[:20])

    for name, content in little.everything_plain(site):
        assert not any(sign in content for sign in signs), name
    assert little.seen(site).get("part").tolist() == _bits_of_other(little, code)


def _bits_of_other(little, code) -> list[int]:
    from safeconduct.store.seen import bits_of  # noqa: PLC0415 - only here

    return bits_of(little.codes([code + 1])).tolist()


def test_the_keys_of_replaced_files_open_nowhere(little, erased, tmp_path) -> None:
    """Files somebody copied before take none of the keys that can still be had."""
    before, after, _ = erased
    stolen = before.folder / "site" / "store" / "phone"
    old, live = data_keys(before.site), little.live_keys(after.site)
    there = data_keys(after.site)
    now = after.folder / "site" / "store" / "phone"
    replaced = [path for path in stolen.rglob("*.parquet") if not (now / path.relative_to(stolen)).exists()]

    assert there <= live
    assert len(replaced) >= 4
    assert len(old - live) >= len(replaced)
    with connect(read=[stolen], spill=tmp_path / "spill", memory_mb=256, threads=1) as connection:
        fitting = sorted(key for key in live if len(key) == 32)
        for at, key in enumerate(fitting):
            add_key(connection, f"k{at}", key)
            with pytest.raises(duckdb.Error):
                connection.execute(
                    f"SELECT * FROM read_parquet('{replaced[0]}', encryption_config = {{footer_key: 'k{at}'}})"
                ).fetchall()


def test_partitions_are_called_what_they_were_so_that_answers_stay(erased) -> None:
    before, after, _ = erased
    old, new = before.site.manifest("phone"), after.site.manifest("phone")

    assert old.id != new.id
    assert {one.name: one.version for one in old.partitions} == {one.name: one.version for one in new.partitions}


def test_a_version_from_before_says_that_it_was_rewritten(erased) -> None:
    before, after, _ = erased
    with pytest.raises(WrongState, match="rewritten by an erasure"):
        after.site.manifest("phone", before.site.manifest("phone").id)


def test_the_record_of_use_proves_it_with_one_digest(little, erased) -> None:
    before, after, _ = erased
    told = [one.body["erased"] for one in after.site.ledger.events() if "erased" in one.body]
    people = [one for one in told if one["kind"] == "people"]
    gone = after.site.documents.get(people[0]["digests"][0])
    kept = {part.sha256 for one in little.versions(after.site) for part in one.every_part()}
    old = {part.sha256 for part in before.site.manifest("phone").every_part()}

    assert [one["kind"] for one in told] == ["people", "opt_out"]
    assert old - kept <= set(gone)
    assert not kept & set(gone)
    assert before.site.manifest("phone").id in gone
