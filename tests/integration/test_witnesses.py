"""A record of use watched by others: what its owner, a thief or a backup does to it comes out, on another machine."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.ledger import tables, witness_file
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.merkle import leaf_hash, root_of
from safeconduct.ledger.signed import check_owner
from safeconduct.ledger.verify import verify_log
from safeconduct.ledger.witness import Witness, hashes
from safeconduct.ledger.witness_file import cosign_kept, keep
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, Tampered, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NAMES = ("auditor.example", "ngo.example", "university.example")
STRANGER = """
import sys
from pathlib import Path
from safeconduct.ledger.signed import check_owner
from safeconduct.ledger.verify import verify_log
path, *keys = sys.argv[1:]
named = dict(one.split("=") for one in keys)
witnesses = {name: bytes.fromhex(key) for name, key in named.items()}
for one in verify_log(Path(path), check_signature=check_owner, witnesses=witnesses, quorum=2):
    print(one)
"""


class Signs:
    """Somebody with a key of their own."""

    def __init__(self, folder, domain):
        self.signer, self.domain = Signer.create(FileKeys.create(folder, training=False), folder), domain

    def __call__(self, message):
        return self.signer.public, self.signer.sign(message, domain=self.domain)


@pytest.fixture
def owner(tmp_path):
    return Signs(tmp_path / "owner", "checkpoint")


@pytest.fixture
def watching(tmp_path, owner):
    """Three witnesses, each with a key and a file of its own: `watching[name]` is (file, sign)."""
    found = {}
    for name in NAMES:
        found[name] = tmp_path / f"{name}.json", Signs(tmp_path / name, "cosignature")
        keep(found[name][0], Witness(name=name, log=owner.signer.public.hex()))
    return found


@pytest.fixture
def keys(watching):
    return {name: sign.signer.public for name, (_, sign) in watching.items()}


def happen(ledger, count, actor="u1"):
    for number in range(count):
        with ledger.write() as tx:
            tx.event(actor=actor, verb="ask", subject=f"s{number}", body={"n": number}, at=NOW)


def watch(ledger, owner, watching, *names):
    """Witnesses come by, as over a wire: what they are shown and what they say is JSON."""
    for name in names:
        file, sign = watching[name]
        shown = json.loads(canonical(ledger.shown(witness_file.kept(file).size, owner, at=NOW)))
        said = cosign_kept(file, shown["checkpoint"], hashes(shown["proof"]), sign, at=NOW)
        assert ledger.cosigned(shown["checkpoint"]["size"], json.loads(canonical(said)))


def findings(path, keys, **told):
    return [str(one) for one in verify_log(path, check_signature=check_owner, witnesses=keys, **told)]


def test_a_watched_record_is_proven_by_a_stranger_in_a_process_of_their_own(either, owner, watching, keys, tmp_path):
    happen(either, 5)
    watch(either, owner, watching, *NAMES)
    happen(either, 3)
    watch(either, owner, watching, *NAMES[1:])
    either.export_log(tmp_path / "log", sign=owner, at=NOW)

    told = [f"{name}={key.hex()}" for name, key in keys.items()]
    command = [sys.executable, "-I", "-c", STRANGER, str(tmp_path / "log"), *told]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("", "")


def test_lines_that_too_few_watched_are_named(ledger, owner, watching, keys, tmp_path):
    """Five events that three watched, two more that one watched."""
    happen(ledger, 5)
    watch(ledger, owner, watching, *NAMES)
    happen(ledger, 2)
    watch(ledger, owner, watching, NAMES[0])
    ledger.export_log(tmp_path / "log", sign=owner, at=NOW)

    assert [findings(tmp_path / "log", keys, quorum=quorum) for quorum in range(4)] == [
        [],
        [],
        ["the lines after line 6 were not signed by 2 of the witnesses you named"],
        ["the lines after line 6 were not signed by 3 of the witnesses you named"],
    ]


def test_an_export_may_end_where_enough_watched(ledger, owner, watching, keys, tmp_path):
    happen(ledger, 5)
    watch(ledger, owner, watching, *NAMES[:2])
    happen(ledger, 2)
    last = ledger.export_log(tmp_path / "log", sign=owner, at=NOW, quorum=2)

    assert (last["size"], [one["witness"] for one in last["cosignatures"]]) == (5, [*NAMES[:2]])
    assert findings(tmp_path / "log", keys, quorum=2) == []
    with pytest.raises(WrongState, match="too few witnesses"):
        ledger.export_log(tmp_path / "more", sign=owner, at=NOW, quorum=3)
    assert not (tmp_path / "more").exists()


def test_one_key_under_two_names_is_one_witness(ledger, owner, watching, keys, tmp_path):
    happen(ledger, 1)
    watch(ledger, owner, watching, NAMES[0])
    ledger.export_log(tmp_path / "log", sign=owner, at=NOW)

    with pytest.raises(BadInput, match="quorum"):
        findings(tmp_path / "log", {NAMES[0]: keys[NAMES[0]], "alias": keys[NAMES[0]]}, quorum=2)


def test_a_witness_known_under_another_key_does_not_count(ledger, owner, watching, keys, tmp_path):
    happen(ledger, 2)
    watch(ledger, owner, watching, NAMES[0])
    ledger.export_log(tmp_path / "log", sign=owner, at=NOW)

    (wrong, missing) = findings(tmp_path / "log", {NAMES[0]: keys[NAMES[1]]}, quorum=1)
    assert wrong.startswith("a witness's signature in line 3 does not fit")
    assert missing == "the lines after line 0 were not signed by 1 of the witnesses you named"


@pytest.fixture
def file(tmp_path):
    """A database file that can be copied, as a backup is."""
    (tmp_path / "site").mkdir()
    with closing(Ledger.open(f"sqlite:///{tmp_path}/site/meta.sqlite")) as ledger:
        ledger.upgrade()
    return tmp_path / "site" / "meta.sqlite"


def opened(file):
    return closing(Ledger.open(f"sqlite:///{file}"))


def test_a_record_rolled_back_to_its_backup_is_found_by_its_witnesses(file, owner, watching, keys, tmp_path):
    with opened(file) as ledger:
        happen(ledger, 4)
        watch(ledger, owner, watching, *NAMES)
    shutil.copy(file, tmp_path / "backup")
    with opened(file) as ledger:
        happen(ledger, 3)
        watch(ledger, owner, watching, *NAMES)
    shutil.copy(tmp_path / "backup", file)
    seen = witness_file.kept(watching[NAMES[0]][0]).seen

    with opened(file) as ledger:
        with pytest.raises(Tampered, match="rolled back: 7 events were signed before, and it shows only 4"):
            watch(ledger, owner, watching, NAMES[0])
        ledger.export_log(tmp_path / "short", sign=owner, at=NOW)
        happen(ledger, 5, actor="u2")
        with pytest.raises(Tampered, match="its 9 events are not shown to begin with the 7"):
            watch(ledger, owner, watching, NAMES[0])
        ledger.export_log(tmp_path / "long", sign=owner, at=NOW)

    short, long = (findings(tmp_path / name, keys, quorum=2, kept=seen) for name in ("short", "long"))
    assert short == [
        "the file ends after 4 events and 7 were seen before; its end was cut off, or the record of use was rolled back"
    ]
    assert long[0] == (
        "an event between line 6 and line 8 is not the one that was seen before; the record of use was rewritten"
    )


def test_an_event_rewritten_with_all_its_hashes_is_found_by_its_witnesses(file, owner, watching, keys, tmp_path):
    """Whoever holds the database and the key makes a record that is whole in itself; only the witnesses know better."""
    with opened(file) as ledger:
        happen(ledger, 6)
        watch(ledger, owner, watching, *NAMES)
    (tmp_path / "forged").mkdir()
    with opened(tmp_path / "forged" / "meta.sqlite") as forged, opened(file) as ledger:
        forged.upgrade()
        for one in reversed(ledger.events()):
            at = datetime.fromisoformat(one.at)
            with forged.write() as tx:
                actor = "u9" if one.index == 2 else one.actor
                tx.event(actor=actor, verb=one.verb, subject=one.subject, body=one.body, at=at)
        with pytest.raises(Tampered, match="another root for the 6 events"):
            watch(forged, owner, watching, NAMES[2])
        forged.export_log(tmp_path / "log", sign=owner, at=NOW)

    assert findings(tmp_path / "log", {}) == []
    assert findings(tmp_path / "log", keys, quorum=2) == [
        "the lines after line 0 were not signed by 2 of the witnesses you named"
    ]


def test_checkpoints_made_while_others_write_are_one_chain(either, owner, tmp_path):
    def work(number):
        if number % 2:
            return either.checkpoint(owner, at=NOW)["size"]
        return happen(either, 3, actor=f"w{number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(24)))
    either.export_log(tmp_path / "log", sign=owner, at=NOW)

    assert findings(tmp_path / "log", {}) == []
    assert either.size() == 36


def old_file(path, owner, count):
    """A log as the first release exported it: checkpoints that name no other."""
    lines, hashes_ = [], []
    for number in range(count):
        event = {"actor": "u1", "at": "x", "body": {}, "index": number, "subject": "s", "verb": "ask"}
        hashes_.append(leaf_hash(canonical(event).encode()))
        lines.append(canonical({"event": event, "hash": hashes_[-1].hex()}))
        if number % 3 == 2:
            said = {"at": "x", "root": root_of(hashes_).hex(), "size": number + 1}
            public, signature = owner(canonical(said).encode())
            lines.append(canonical({"checkpoint": said | {"public": public.hex(), "signature": signature.hex()}}))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_a_file_that_the_first_release_wrote_still_verifies(owner, tmp_path):
    old_file(tmp_path / "old", owner, 9)

    assert findings(tmp_path / "old", {}) == []


def test_a_record_goes_on_after_checkpoints_of_the_first_release(ledger, owner, tmp_path):
    happen(ledger, 2)
    said = {"at": "x", "root": ledger.root().hex(), "size": 2}
    public, signature = owner(canonical(said).encode())
    old = canonical(said | {"public": public.hex(), "signature": signature.hex()})
    with ledger.write() as tx:
        tx.change(tables.checkpoint.insert().values(size=2, body=old))
    happen(ledger, 2)
    ledger.export_log(tmp_path / "log", sign=owner, at=NOW)

    assert findings(tmp_path / "log", {}) == []
    assert [row["size"] for row in ledger.rows(select(tables.checkpoint).order_by(tables.checkpoint.c.size))] == [2, 4]
