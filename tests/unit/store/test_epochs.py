"""Epochs of pseudonyms: what a table holds in each, and the secrets that come and go."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.store.codes import CodeTable
from safeconduct.store.epochs import Epochs, epoch_of
from safeconduct.store.objections import Domain, Objections, code_table
from safeconduct.store.tombstones import CodeFiles

KEYS = FileKeys(True, bytes(32))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA, BEN, EVE = (bytes([number]) * 16 for number in (1, 2, 3))


@pytest.fixture
def epochs(tmp_path) -> Epochs:
    made = Epochs(store=tmp_path, dataset="phone", keys=KEYS)
    made.begin(2, at=AT)
    return made


def table(store, parts=(), domain: str = "person") -> CodeTable:
    return code_table(store=store, dataset="phone", domain=domain, keys=KEYS, parts=parts)


def files(store) -> CodeFiles:
    return CodeFiles(store=store, dataset="phone", keys=KEYS)


def moved(store, parts, number=2) -> list:
    made = files(store).moved(parts, number, lambda _done, _all: None)
    return [made[part.path] for part in parts]


def held(store, parts, domain: str = "person") -> list[bytes]:
    """What stands in a table, place by place, as it rests."""
    return [
        content[at : at + 16]
        for _, content, _ in files(store)._read(parts, domain)
        for at in range(0, len(content), 16)
    ]


def test_the_first_epoch_holds_pseudonyms_as_they_are_made(epochs) -> None:
    assert epochs.of(1, "person").kept(ANA + BEN) == ANA + BEN
    assert epochs.since(1) is None


def test_a_later_one_holds_others_and_each_sort_has_its_own(epochs) -> None:
    person, imsi = (epochs.of(2, sort) for sort in ("person", "imsi"))

    assert person.pseudonyms(person.kept(ANA + BEN)) == ANA + BEN
    assert len({ANA, person.kept(ANA), imsi.kept(ANA), person.kept(BEN), imsi.kept(BEN)}) == 5
    assert epochs.since(2) == AT


def test_the_same_number_begun_again_is_another_secret(epochs) -> None:
    """What a broken-off exchange left is never gone on with."""
    before = epochs.of(2, "person").kept(ANA)
    epochs.begin(2, at=AT)

    assert epochs.of(2, "person").kept(ANA) != before


def test_two_data_sets_under_the_same_keys_share_nothing(epochs, tmp_path) -> None:
    """Their secrets come from no other key, so that whoever has all of those cannot make one from the other."""
    other = Epochs(store=tmp_path, dataset="other", keys=KEYS)
    other.begin(2, at=AT)

    assert other.of(2, "person").kept(ANA) != epochs.of(2, "person").kept(ANA)


def test_a_destroyed_secret_is_gone_and_the_one_in_force_stays(epochs, tmp_path) -> None:
    epochs.begin(3, at=AT)
    kept = epochs.of(3, "person").kept(ANA)
    epochs.destroy_others(3)
    epochs.destroy_others(3)

    with pytest.raises(NotFound):
        epochs.of(2, "person")
    assert epochs.of(3, "person").kept(ANA) == kept
    assert len(list((tmp_path / "phone" / "epochs").iterdir())) == 2


def test_what_a_crash_left_of_a_secret_is_removed(epochs, tmp_path) -> None:
    """A chest that lost its key, and a key that lost its chest."""
    epochs.begin(3, at=AT)
    epochs.begin(4, at=AT)
    folder = tmp_path / "phone" / "epochs"
    next(folder.glob("e-000000000003.*.key")).unlink()
    (folder / "e-000000000004.chest").unlink()
    epochs.destroy_others(2)

    assert {path.name.partition(".")[0] for path in folder.iterdir()} == {"e-000000000002"}


def test_a_secret_that_was_changed_is_noticed(epochs, tmp_path) -> None:
    path = next((tmp_path / "phone" / "epochs").glob("*.chest"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(Tampered):
        epochs.of(2, "person")


def test_nothing_of_a_secret_is_shown(epochs, tmp_path) -> None:
    one = epochs.of(2, "person")

    assert (repr(one), repr(one.permutation), repr(epochs)) == ("InEpoch()", "Permutation()", "Epochs('phone')")
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret" not in content


def test_a_table_gives_the_same_codes_in_every_epoch(epochs, tmp_path) -> None:
    first = table(tmp_path)
    first.of(ANA + BEN)
    parts = [first.save()]
    first.of(EVE)
    parts.append(first.save())
    for number in (2, 3):
        epochs.begin(number, at=AT)
        before, parts = parts, moved(tmp_path, parts, number)
        assert table(tmp_path, parts).of(EVE + ANA + BEN).tolist() == [2, 0, 1]
        assert {ANA, BEN, EVE, *held(tmp_path, before)}.isdisjoint(held(tmp_path, parts))
    assert epoch_of(parts) == 3


def test_new_codes_follow_in_the_epoch_of_the_version_also_of_a_sort_that_had_none(epochs, tmp_path) -> None:
    first = table(tmp_path)
    first.of(ANA)
    parts = moved(tmp_path, [first.save()])
    for domain in ("person", "imsi"):
        again = table(tmp_path, parts, domain)
        again.of(BEN)
        parts.append(again.save())

    assert [part.path.rpartition("/")[0] for part in parts[1:]] == ["codes/person/2", "codes/imsi/2"]
    assert (table(tmp_path, parts).of(ANA + BEN).tolist(), table(tmp_path, parts, "imsi").of(BEN).tolist()) == (
        [0, 1],
        [0],
    )
    assert {ANA, BEN}.isdisjoint([*held(tmp_path, parts), *held(tmp_path, parts, "imsi")])


def test_marks_of_people_to_be_left_out_hold_in_every_epoch(epochs, tmp_path) -> None:
    """They are made of pseudonyms, which no epoch changes."""
    first = table(tmp_path)
    first.of(ANA + BEN)
    listed = Objections(store=tmp_path, dataset="phone", keys=KEYS)
    marks = listed.marks(Domain.PERSON, BEN + EVE)
    listed.add(Domain.PERSON, marks)
    parts = moved(tmp_path, [first.save()])

    wanted = files(tmp_path).codes(
        parts, "person", lambda some: [one in marks for one in listed.marks(Domain.PERSON, some)]
    )
    assert wanted == [1]
    assert len(set(table(tmp_path, parts).of(BEN + EVE).tolist())) == 1


def test_an_overwritten_place_leads_nowhere_in_every_epoch(epochs, tmp_path) -> None:
    first = table(tmp_path)
    first.of(ANA + BEN)
    parts = moved(tmp_path, [first.save()])
    made = files(tmp_path).overwritten(parts, {"person": [0]})
    parts = [made[part.path] for part in parts]
    epochs.begin(3, at=AT)
    parts = moved(tmp_path, parts, 3)

    assert table(tmp_path, parts).of(BEN + ANA).tolist() == [1, 2]


def test_files_of_two_epochs_are_no_version(epochs, tmp_path) -> None:
    first = table(tmp_path)
    first.of(ANA)
    one = first.save()

    with pytest.raises(Tampered, match="belong together"):
        table(tmp_path, [one, *moved(tmp_path, [one])])
    with pytest.raises(Tampered):
        table(tmp_path, [replace(one, path=one.path.replace("person/", "person/2/"))])
