"""An exported record of use, checked by somebody who has the file alone."""

import json
from datetime import UTC, datetime

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer, verify
from safeconduct.ledger import tables
from safeconduct.ledger.merkle import leaf_hash
from safeconduct.ledger.verify import verify_log
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import Unreadable, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path):
    folder = tmp_path / "keys"
    keys = FileKeys.create(folder, training=False)
    return Signer.create(keys, folder)


@pytest.fixture
def sign(signer):
    return lambda message: (signer.public, signer.sign(message, domain="checkpoint"))


def check(public, message, signature):
    return verify(public, message, signature, domain="checkpoint")


def happen(ledger, count):
    for number in range(count):
        with ledger.write() as tx:
            tx.event(actor="u1", verb="ask", subject=f"s{number}", body={"n": number}, at=NOW)


@pytest.fixture
def exported(ledger, sign, tmp_path):
    """Ten events, a checkpoint after four, six and ten; lines 5, 8 and 13 are checkpoints."""
    happen(ledger, 4)
    ledger.checkpoint(sign, at=NOW)
    happen(ledger, 2)
    ledger.checkpoint(sign, at=NOW)
    happen(ledger, 4)
    path = tmp_path / "log.jsonl"
    ledger.export_log(path, sign=sign, at=NOW)
    return path


def findings(path):
    return [str(one) for one in verify_log(path, check_signature=check)]


def edit(path, change):
    lines = path.read_text().splitlines()
    change(lines)
    path.write_text("".join(f"{line}\n" for line in lines))


def forged(line, **changes):
    """An event line with other particulars, its hash made to fit."""
    event = json.loads(line)["event"] | changes
    return canonical({"event": event, "hash": leaf_hash(canonical(event).encode()).hex()})


def test_an_untouched_log_has_no_findings(exported):
    assert findings(exported) == []
    assert ["checkpoint" in json.loads(line) for line in exported.read_text().splitlines()].count(True) == 3


def test_an_altered_event_is_found_in_its_line(exported):
    edit(exported, lambda lines: lines.__setitem__(6, lines[6].replace('"u1"', '"u2"')))

    assert findings(exported) == ["line 7 was altered: the event is not the one that was hashed"]


def test_an_alteration_with_a_fitting_hash_is_found_between_checkpoints(exported):
    edit(exported, lambda lines: lines.__setitem__(6, forged(lines[6], actor="u2")))

    assert findings(exported)[0] == "an event between line 6 and line 7 was altered, left out or added"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda lines: lines.pop(2), "line 3 is out of its place"),
        (lambda lines: lines.insert(2, lines[3]), "line 3 is out of its place"),
        (lambda lines: lines.insert(1, lines.pop(2)), "line 2 is out of its place"),
        (lambda lines: lines.pop(), "the lines after line 8 are covered by no valid checkpoint"),
        (lambda lines: lines.clear(), "covered by no valid checkpoint"),
        (lambda lines: lines.append(forged(lines[11], index=10)), "the lines after line 13 are covered by no"),
        (lambda lines: lines.__setitem__(3, lines[3] + " "), "line 4 is not as it was written"),
        (lambda lines: lines.__setitem__(3, "{}"), "line 4 is not as it was written"),
        (lambda lines: lines.__setitem__(3, "[" * 100_000), "line 4 is not as it was written"),
        (lambda lines: lines.__setitem__(3, '{"event":{"index":3.5},"hash":""}'), "line 4 is not as it was written"),
    ],
    ids=["left out", "doubled", "swapped", "cut", "empty", "added", "spaced", "other", "deep", "float"],
)
def test_the_first_wrong_line_is_named(exported, change, finding):
    edit(exported, change)

    assert finding in findings(exported)[0]


def test_a_checkpoint_by_another_key_is_found(exported, tmp_path):
    folder = tmp_path / "thief"
    thief = Signer.create(FileKeys.create(folder, training=False), folder)

    def resign(lines):
        signed = json.loads(lines[-1])["checkpoint"]
        message = canonical({name: signed[name] for name in ("at", "root", "size")}).encode()
        signed["signature"] = thief.sign(message, domain="checkpoint").hex()
        lines[-1] = canonical({"checkpoint": signed})

    edit(exported, resign)

    assert findings(exported)[0] == "the checkpoint in line 13 is not signed by the owner's key"


def test_a_change_behind_the_ledgers_back_is_found(ledger, sign, tmp_path):
    happen(ledger, 5)
    event = tables.event
    with ledger.write() as tx:
        leaf = tx.rows(event.select().where(event.c.number == 3))[0]["leaf"]
        tx.change(event.update().where(event.c.number == 3).values(leaf=leaf.replace('"u1"', '"u2"')))
    ledger.export_log(tmp_path / "log", sign=sign, at=NOW)

    assert findings(tmp_path / "log") == ["line 4 was altered: the event is not the one that was hashed"]


def test_an_empty_log_can_be_proven_empty(ledger, sign, tmp_path):
    ledger.export_log(tmp_path / "log", sign=sign, at=NOW)

    assert findings(tmp_path / "log") == []


def test_a_checkpoint_is_signed_once_for_one_size(ledger, sign):
    happen(ledger, 1)
    first = ledger.checkpoint(sign, at=NOW)

    assert ledger.checkpoint(sign, at=NOW.replace(hour=9)) == first
    assert list(ledger.checkpoints()) == [first]


def test_an_export_never_writes_over_a_file(exported, ledger, sign):
    before = exported.read_bytes()
    with pytest.raises(WrongState, match="already"):
        ledger.export_log(exported, sign=sign, at=NOW)

    assert exported.read_bytes() == before


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "log").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable):
        verify_log(tmp_path / "log", check_signature=check)
    with pytest.raises(Unreadable):
        verify_log(tmp_path / "none", check_signature=check)
