"""The list of those to be left out, the code table that heeds it, and places that are overwritten."""

from threading import Event, Thread

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.store.codes import CodeTable
from safeconduct.store.objections import LEFT_OUT, Domain, Objections, code_table
from safeconduct.store.tombstones import CodeFiles

KEYS = FileKeys(True, bytes(32))
ANA, BEN, EVE = (bytes([number]) * 16 for number in (1, 2, 3))


@pytest.fixture
def listed(tmp_path) -> Objections:
    return Objections(store=tmp_path, dataset="phone", keys=KEYS)


def table(store, parts=()) -> CodeTable:
    return code_table(store=store, dataset="phone", domain="person", keys=KEYS, parts=parts)


def test_a_list_is_kept_and_each_sort_by_itself(listed, tmp_path) -> None:
    person, record = (listed.marks(one, ANA + BEN) for one in (Domain.PERSON, Domain.RECORD))
    assert listed.add(Domain.PERSON, person) == 2
    assert listed.add(Domain.RECORD, record[:1]) == 1
    assert listed.remove(Domain.PERSON, person[:1]) == 1
    assert listed.remove(Domain.PERSON, person[:1]) == 0
    again = Objections(store=tmp_path, dataset="phone", keys=KEYS)

    assert again.listed(Domain.PERSON) == {person[1]}
    assert again.listed(Domain.RECORD) == {record[0]}
    assert not set(person) & set(record)
    assert len(list((tmp_path / "phone" / "objections").glob("*.chest"))) == 1


def test_nothing_on_the_disk_tells_who_is_on_the_list(listed, tmp_path) -> None:
    listed.add(Domain.PERSON, listed.marks(Domain.PERSON, ANA))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert ANA not in content
    assert listed.marks(Domain.PERSON, ANA)[0] not in content
    other = Objections(store=tmp_path, dataset="other", keys=KEYS)
    assert other.marks(Domain.PERSON, ANA) != listed.marks(Domain.PERSON, ANA)


def test_what_was_left_by_a_crash_between_two_lists_is_the_newer_one(listed, tmp_path, monkeypatch) -> None:
    listed.add(Domain.PERSON, listed.marks(Domain.PERSON, ANA + BEN))
    monkeypatch.setattr("safeconduct.store.chests.Chests.delete", lambda *_: None)
    listed.remove(Domain.PERSON, listed.marks(Domain.PERSON, ANA))

    assert len(list((tmp_path / "phone" / "objections").glob("*.chest"))) == 2
    assert listed.listed(Domain.PERSON) == set(listed.marks(Domain.PERSON, BEN))


def test_who_is_on_the_list_gets_no_code_and_the_others_get_the_next(listed, tmp_path) -> None:
    listed.add(Domain.PERSON, listed.marks(Domain.PERSON, BEN))
    heeding = table(tmp_path)

    assert heeding.of(ANA + BEN + EVE).tolist() == [0, LEFT_OUT, 1]
    assert len(heeding) == 2
    assert heeding.of(b"").tolist() == []


def test_an_overwritten_place_is_never_given_again_and_leads_nowhere(tmp_path) -> None:
    first = table(tmp_path)
    first.of(ANA + BEN)
    one = first.save()
    first.of(EVE)
    two = first.save()
    made = CodeFiles(store=tmp_path, dataset="phone", keys=KEYS).overwritten([one, two], {"person": [1]})
    parts = [made[one.path], made[two.path]]
    after = table(tmp_path, parts)

    assert after.of(ANA + EVE).tolist() == [0, 2]
    assert after.of(BEN).tolist() == [3]
    assert {one.sha256, two.sha256}.isdisjoint(part.sha256 for part in parts)
    files = CodeFiles(store=tmp_path, dataset="phone", keys=KEYS)
    assert files.codes(parts, "person", lambda some: [some[at : at + 16] == EVE for at in range(0, len(some), 16)]) == [
        2
    ]
    assert files.codes(parts, "imsi", lambda _: pytest.fail("there are none")) == []


def test_whoever_reads_a_list_while_others_change_it_finds_everybody(listed, tmp_path) -> None:
    """Half-way through a change there is never an empty list, and no change is lost by another's."""
    listed.add(Domain.PERSON, listed.marks(Domain.PERSON, ANA))
    first, stop, fewest = listed.listed(Domain.PERSON), Event(), [1]

    def looking() -> None:
        mine = Objections(store=tmp_path, dataset="phone", keys=KEYS)
        while not stop.is_set():
            fewest.append(len(mine.listed(Domain.PERSON) & first))

    def adding(start: int) -> None:
        mine = Objections(store=tmp_path, dataset="phone", keys=KEYS)
        for number in range(start, start + 12):
            mine.add(Domain.PERSON, mine.marks(Domain.PERSON, bytes([number]) * 16))

    reader, writers = Thread(target=looking), [Thread(target=adding, args=(start,)) for start in (20, 60, 100)]
    for one in (reader, *writers):
        one.start()
    for one in writers:
        one.join()
    stop.set()
    reader.join()

    assert min(fewest) == 1
    assert len(listed.listed(Domain.PERSON)) == 1 + 3 * 12
