"""A witness signs what grew out of what it signed, and nothing else."""

import json
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.ledger import witness_file
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.signed import check_witness, cosigned_text
from safeconduct.ledger.witness import Witness, cosign, hashes
from safeconduct.ledger.witness_file import cosign_kept, keep
from safeconduct.model.errors import BadInput, BrokenPromise, NotFound, Tampered, TooMany, Unreadable, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """Somebody who signs in one domain."""

    signer: Signer
    domain: str

    def __call__(self, message):
        return self.signer.public, self.signer.sign(message, domain=self.domain)


def key(folder, domain, *, training=False):
    return Key(Signer.create(FileKeys.create(folder, training=training), folder), domain)


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    return key(tmp_path_factory.mktemp("owner") / "keys", "checkpoint")


@pytest.fixture(scope="module")
def sign(tmp_path_factory):
    return key(tmp_path_factory.mktemp("witness") / "keys", "cosignature")


@pytest.fixture
def new(owner):
    """A witness that has seen nothing yet."""
    return Witness(name="ngo.example", log=owner.signer.public.hex())


def happen(ledger, count=1, actor="u1"):
    for number in range(count):
        with ledger.write() as tx:
            tx.event(actor=actor, verb="ask", subject=f"s{number}", body={}, at=NOW)


def look(ledger, owner, state, sign):
    """Show a witness the record as it is now."""
    shown = ledger.shown(state.size, owner, at=NOW)
    return cosign(state, shown["checkpoint"], hashes(shown["proof"]), sign, at=NOW)


def another(folder, count, actor="u2"):
    """A record of use of somebody else's making."""
    folder.mkdir()
    made = Ledger.open(f"sqlite:///{folder}/meta.sqlite")
    made.upgrade()
    happen(made, count, actor)
    return closing(made)


def test_a_witness_signs_what_it_is_shown_first(ledger, owner, new, sign):
    happen(ledger, 3)
    state, said = look(ledger, owner, new, sign)

    assert (state.size, state.root) == (3, ledger.root().hex())
    assert {name: said[name] for name in ("log", "root", "size", "witness")} == {
        "log": new.log, "root": state.root, "size": 3, "witness": "ngo.example",
    }  # fmt: skip
    assert check_witness(bytes.fromhex(said["public"]), cosigned_text(said), bytes.fromhex(said["signature"]))


def test_a_witness_follows_a_record_that_grows(ledger, owner, new, sign):
    state, sizes = new, []
    for run in (1, 1, 3, 8, 0, 2):
        happen(ledger, run)
        state, said = look(ledger, owner, state, sign)
        sizes.append(said["size"])

    assert sizes == [1, 2, 5, 13, 13, 15]


def test_an_empty_record_can_be_watched_from_the_start(ledger, owner, new, sign):
    state, said = look(ledger, owner, new, sign)
    happen(ledger, 2)

    assert said["size"] == 0
    assert look(ledger, owner, state, sign)[0].size == 2


def test_a_record_with_another_past_is_not_signed(ledger, owner, new, sign, tmp_path):
    happen(ledger, 4)
    state, _ = look(ledger, owner, new, sign)
    with another(tmp_path / "fork", 7) as fork, pytest.raises(Tampered) as caught:
        look(fork, owner, state, sign)

    assert str(caught.value).startswith(
        "the record of use was rewritten: its 7 events are not shown to begin with the 4"
    )


def test_a_record_of_the_same_size_with_another_past_is_not_signed(ledger, owner, new, sign, tmp_path):
    happen(ledger, 4)
    state, _ = look(ledger, owner, new, sign)
    with another(tmp_path / "fork", 4) as fork, pytest.raises(Tampered, match="another root for the 4 events"):
        look(fork, owner, state, sign)


def test_a_record_that_was_rolled_back_is_not_signed(ledger, owner, new, sign, tmp_path):
    happen(ledger, 4)
    state, _ = look(ledger, owner, new, sign)
    with another(tmp_path / "old", 2, actor="u1") as old, pytest.raises(Tampered, match=r"rolled back: 4 .* only 2"):
        look(old, owner, state, sign)


@pytest.mark.parametrize("proof", [[], [bytes(32)], [bytes(32)] * 3], ids=["none", "wrong", "long"])
def test_growth_that_is_not_shown_is_not_signed(ledger, owner, new, sign, proof):
    happen(ledger, 3)
    state, _ = look(ledger, owner, new, sign)
    happen(ledger, 2)
    with pytest.raises(Tampered, match="not shown to begin"):
        cosign(state, ledger.checkpoint(owner, at=NOW), proof, sign, at=NOW)


def test_a_checkpoint_of_another_owner_is_not_signed(ledger, new, sign, tmp_path):
    happen(ledger)
    with pytest.raises(Tampered, match="the owner's key"):
        look(ledger, key(tmp_path / "thief", "checkpoint"), new, sign)


@pytest.mark.parametrize("part", ["at", "root", "size", "signature"])
def test_a_changed_checkpoint_is_not_signed(ledger, owner, new, sign, part):
    happen(ledger)
    signed = ledger.checkpoint(owner, at=NOW)
    changed = {"at": "2027", "root": "0" * 64, "size": 9, "signature": "0" * 128}[part]
    with pytest.raises(Tampered):
        cosign(new, signed | {part: changed}, [], sign, at=NOW)


def test_a_practice_sites_checkpoint_is_not_signed_as_real(ledger, sign, tmp_path):
    practice = key(tmp_path / "practice", "checkpoint", training=True)
    happen(ledger)
    with pytest.raises(Tampered):
        look(ledger, practice, Witness(name="ngo", log=practice.signer.public.hex()), sign)


@pytest.mark.parametrize("wrong", [{}, {"size": 1}, {"size": "1", "at": "", "root": "", "public": "", "signature": ""}])
def test_what_is_no_checkpoint_is_refused(new, sign, wrong):
    with pytest.raises(BadInput):
        cosign(new, wrong, [], sign, at=NOW)


@pytest.mark.parametrize("proof", [["0" * 63], ["A" * 64], [5], [None]], ids=str)
def test_what_is_no_proof_is_refused(proof):
    with pytest.raises(BadInput):
        hashes(proof)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "Ana Maria"}, {"name": "x" * 65}, {"log": "00"}, {"root": "X" * 64}, {"size": -1}],
    ids=str,
)
def test_a_witness_has_a_name_a_key_and_a_root(new, wrong):
    with pytest.raises(BadInput):
        replace(new, **wrong)


@pytest.mark.parametrize("tree", [None, [], {}, {"log": 1, "name": "a", "root": "", "size": 0}], ids=str)
def test_what_is_no_witness_is_refused(tree):
    with pytest.raises(BadInput):
        Witness.from_json(tree)


@pytest.fixture
def path(tmp_path, new):
    keep(tmp_path / "witness.json", new)
    return tmp_path / "witness.json"


def test_the_state_is_kept_in_a_file_before_the_signature_is_seen(ledger, owner, path, sign):
    happen(ledger, 2)
    shown = ledger.shown(0, owner, at=NOW)
    kept = []

    def seen_while_signing(message):
        kept.append(witness_file.kept(path).size)
        return sign(message)

    cosign_kept(path, shown["checkpoint"], [], seen_while_signing, at=NOW)

    assert (kept, witness_file.kept(path).size) == ([0], 2)
    assert json.loads(path.read_text())["root"] == ledger.root().hex()


def test_a_state_that_cannot_be_kept_signs_nothing(ledger, owner, path, sign):
    """A folder stands where the new state is written first."""
    (path.parent / f".{path.name}.new").mkdir()
    happen(ledger)
    with pytest.raises(BrokenPromise, match="nothing was signed"):
        cosign_kept(path, ledger.checkpoint(owner, at=NOW), [], sign, at=NOW)

    assert witness_file.kept(path).size == 0


def test_a_refused_record_leaves_the_state_as_it_was(ledger, owner, path, sign, tmp_path):
    happen(ledger, 3)
    cosign_kept(path, ledger.checkpoint(owner, at=NOW), [], sign, at=NOW)
    before = path.read_bytes()
    with another(tmp_path / "old", 1) as old, pytest.raises(Tampered):
        cosign_kept(path, old.checkpoint(owner, at=NOW), [], sign, at=NOW)

    assert path.read_bytes() == before


def test_one_signs_at_a_time(ledger, owner, path, sign):
    """Two who start from one state could sign two futures."""
    happen(ledger)
    signed = ledger.checkpoint(owner, at=NOW)

    def meanwhile(message):
        with pytest.raises(TooMany):
            cosign_kept(path, signed, [], sign, at=NOW)
        return sign(message)

    cosign_kept(path, signed, [], meanwhile, at=NOW)

    assert witness_file.kept(path).size == 1


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[" * 100_000])
def test_a_state_that_cannot_be_read_is_told(tmp_path, content):
    path = Path(tmp_path / "witness.json")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unreadable):
        witness_file.kept(path)


def test_a_witness_in_a_folder_that_is_not_there_is_told(tmp_path, sign):
    with pytest.raises(Unreadable):
        cosign_kept(tmp_path / "none" / "witness.json", {}, [], sign, at=NOW)


def test_a_signature_is_kept_beside_the_checkpoint_once(either, owner, new, sign):
    happen(either, 2)
    _, said = look(either, owner, new, sign)

    assert [either.cosigned(2, said), either.cosigned(2, said)] == [True, False]
    assert (either.cosignatures(2), either.cosignatures(1)) == ([said], [])


def test_the_first_signature_of_a_witness_stays(either, owner, new, sign):
    happen(either)
    state, first = look(either, owner, new, sign)
    _, second = cosign(state, either.checkpoint(owner, at=NOW), [], sign, at=NOW + timedelta(hours=1))
    either.cosigned(1, first)

    assert not either.cosigned(1, second)
    assert either.cosignatures(1) == [first]


def test_signatures_stand_by_name(ledger, owner, new, sign):
    happen(ledger)
    for name in ("z", "a"):
        ledger.cosigned(1, look(ledger, owner, replace(new, name=name), sign)[1])

    assert [one["witness"] for one in ledger.cosignatures(1)] == ["a", "z"]


def test_a_signature_of_another_key_in_a_witnesses_name_is_refused(ledger, owner, new, sign, tmp_path):
    happen(ledger)
    ledger.cosigned(1, look(ledger, owner, new, sign)[1])
    with pytest.raises(WrongState, match="names of their own"):
        ledger.cosigned(1, look(ledger, owner, new, key(tmp_path / "other", "cosignature"))[1])


def test_a_signature_for_a_size_that_was_never_signed_is_refused(ledger, owner, new, sign):
    happen(ledger)
    with pytest.raises(NotFound):
        ledger.cosigned(7, look(ledger, owner, new, sign)[1])


@pytest.mark.parametrize(
    "change",
    [{"root": "0" * 64}, {"size": 7}, {"at": "2027"}, {"witness": "other"}, {"log": "0" * 64}, {"signature": "00"}],
    ids=lambda one: next(iter(one)),
)
def test_a_signature_that_does_not_fit_is_not_kept(ledger, owner, new, sign, change):
    happen(ledger)
    _, said = look(ledger, owner, new, sign)
    with pytest.raises(Tampered):
        ledger.cosigned(1, said | change)

    assert ledger.cosignatures(1) == []


@pytest.mark.parametrize("change", [{"more": 1}, {"witness": "x" * 65}, {"public": 5}, {"at": ""}, {"at": "x" * 301}])
def test_what_is_no_signature_is_not_kept(ledger, owner, new, sign, change):
    happen(ledger)
    _, said = look(ledger, owner, new, sign)
    with pytest.raises(BadInput):
        ledger.cosigned(1, said | change)


def test_a_practice_witness_counts_where_practice_is_accepted(ledger, owner, new, tmp_path):
    practice = key(tmp_path / "practice", "cosignature", training=True)
    happen(ledger)
    _, said = look(ledger, owner, new, practice)
    with pytest.raises(Tampered):
        ledger.cosigned(1, said)

    assert ledger.cosigned(1, said, check_signature=lambda *_: True)


def test_checkpoints_name_the_one_before(either, owner):
    for run in (0, 2, 3):
        happen(either, run)
        either.checkpoint(owner, at=NOW)

    assert [one.get("previous") for one in either.checkpoints()] == [None, 0, 2]
