"""Every way of tampering with an exported record of use is found, and the finding says where."""

import json
import random
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.merkle import Frontier, leaf_hash
from safeconduct.ledger.signed import check_owner, cosigned_text, signed_text
from safeconduct.ledger.verify import verify_log
from safeconduct.ledger.witness import Witness, cosign, hashes
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import Unreadable

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RUNS = (0, 3, 1, 7, 5, 2)
"""Events before each checkpoint; the first is of the empty log."""
WATCHED = {4, 16, 18}
"""Sizes that both witnesses signed."""
END = 10**9


def signer(folder):
    return Signer.create(FileKeys.create(folder, training=False), folder)


def signs(one, domain):
    return lambda message: (one.public, one.sign(message, domain=domain))


@dataclass(frozen=True)
class Log:
    """An exported log, who signed it, and what its witnesses saw last."""

    lines: tuple[bytes, ...]
    owner: Signer
    witnesses: dict[str, Signer]
    kept: dict[int, bytes]
    scratch: Path

    def findings(self, lines, *, quorum=2, kept=None):
        path = self.scratch / "tampered"
        path.write_bytes(b"".join(lines))
        return verify_log(
            path,
            check_signature=lambda public, *rest: public == self.owner.public and check_owner(public, *rest),
            witnesses={name: one.public for name, one in self.witnesses.items()},
            quorum=quorum,
            kept=self.kept if kept is None else kept,
        )

    def missed(self, tampers, **told):
        """Tampers that are not found, or found elsewhere: each is lines, and where the first finding may be."""
        return [
            (where, [str(one) for one in found])
            for lines, where in tampers
            if not ((found := self.findings(lines, **told)) and reaches(found[0], where))
        ]


def reaches(finding, where):
    """Whether a finding names one of these lines."""
    told = finding.values
    if finding.id.startswith(("the lines after", "the file ends")):
        first, last = told.get("line", 0) + 1, END
    else:
        first, last = told.get("first", told.get("line")), told.get("last", told.get("line"))
    return first <= max(where) and min(where) <= last


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    owner, witnesses = signer(folder / "owner"), {name: signer(folder / name) for name in ("a.example", "b.example")}
    states = {name: Witness(name=name, log=owner.public.hex()) for name in witnesses}
    with closing(Ledger.open(f"sqlite:///{folder}/meta.sqlite")) as ledger:
        ledger.upgrade()
        for run in RUNS:
            for number in range(run):
                with ledger.write() as tx:
                    tx.event(actor="u1", verb="ask", subject=f"s{number}", body={"é": [number]}, at=NOW)
            ledger.checkpoint(signs(owner, "checkpoint"), at=NOW)
            if ledger.size() in WATCHED:
                for name, one in witnesses.items():
                    shown = ledger.shown(states[name].size, signs(owner, "checkpoint"), at=NOW)
                    proof, sign = hashes(shown["proof"]), signs(one, "cosignature")
                    states[name], said = cosign(states[name], shown["checkpoint"], proof, sign, at=NOW)
                    assert ledger.cosigned(ledger.size(), said)
        path = folder / "log.jsonl"
        ledger.export_log(path, sign=signs(owner, "checkpoint"), at=NOW)
    lines = tuple(path.read_bytes().splitlines(keepends=True))
    return Log(lines, owner, witnesses, states["a.example"].seen, folder)


def test_the_untouched_log_is_whole(log):
    """The control, without which nothing found below says anything."""
    assert len(log.lines) == sum(RUNS) + len(RUNS)
    assert log.findings(log.lines) == []


def test_a_changed_byte_in_any_line_is_found_there(log):
    random_ = random.Random(1)  # noqa: S311 - which bytes are tried, nothing secret

    def changed(at):
        line = bytearray(log.lines[at])
        place = random_.randrange(len(line))
        line[place] = random_.choice([byte for byte in range(256) if byte != line[place]])
        return [*log.lines[:at], bytes(line), *log.lines[at + 1 :]], (at + 1,)

    assert log.missed(changed(at) for at in range(len(log.lines)) for _ in range(20)) == []


def test_a_digit_in_capitals_is_a_changed_byte_too(log):
    """The bytes are the same, the line is not."""

    def capital(at, match):
        line = log.lines[at]
        return [*log.lines[:at], line[: match.start()] + match[0].upper() + line[match.end() :], *log.lines[at + 1 :]]

    tampers = [
        (capital(at, match), (at + 1,))
        for at, line in enumerate(log.lines)
        for match in list(re.finditer(rb"(?<=\")[0-9a-f]{64,}(?=\")", line))
    ]
    assert len(tampers) > len(log.lines)
    assert log.missed(tampers) == []


def test_the_control_byte_in_a_signature_of_a_witness_nobody_named_is_found(log):
    at = max(number for number, line in enumerate(log.lines) if b"cosignatures" in line)
    line = log.lines[at].replace(b'"witness":"b', b'"witness":"c')

    assert log.missed([([*log.lines[:at], line, *log.lines[at + 1 :]], (at + 1,))], quorum=0, kept={}) == []


def test_a_line_left_out_is_found_where_it_was(log):
    tampers = [([*log.lines[:at], *log.lines[at + 1 :]], (at, at + 1)) for at in range(len(log.lines))]

    assert log.missed(tampers) == []
    assert log.missed(tampers, quorum=0, kept={}) == []


def test_a_doubled_line_is_found(log):
    tampers = [([*log.lines[: at + 1], *log.lines[at:]], (at + 1, at + 2)) for at in range(len(log.lines))]

    assert log.missed(tampers, quorum=0, kept={}) == []


@pytest.mark.parametrize("apart", [1, 2, 5, 11])
def test_swapped_lines_are_found_at_the_first(log, apart):
    def swapped(at):
        lines = list(log.lines)
        lines[at], lines[at + apart] = lines[at + apart], lines[at]
        return lines, range(at + 1, at + apart + 2)

    assert log.missed((swapped(at) for at in range(len(log.lines) - apart)), quorum=0, kept={}) == []


def test_an_inserted_line_is_found(log):
    """Empty, plain, a stranger's, a copy from elsewhere, and an event made to fit its place."""

    def fitting(at):
        index = sum(b'{"event"' in line for line in log.lines[:at])
        event = {"actor": "u9", "at": "x", "body": {}, "index": index, "subject": "s", "verb": "v"}
        return event_line(event)

    tampers = [
        ([*log.lines[:at], new, *log.lines[at:]], (at + 1, at + 2))
        for at in range(len(log.lines) + 1)
        for new in (b"\n", b"{}\n", b"\xff\xff\n", log.lines[0], log.lines[9], log.lines[-1], fitting(at))
        if not (new == b"\xff\xff\n" and at == 0)
    ]
    assert log.missed(tampers, quorum=0, kept={}) == []


def test_an_end_cut_off_is_found(log):
    """At every line, and inside every line."""
    whole = [(log.lines[:at], (at + 1,)) for at in range(len(log.lines))]
    inside = [
        ([*log.lines[:at], line[:-size]], (at + 1,))
        for at, line in enumerate(log.lines)
        for size in (1, 2, len(line) // 2, len(line) - 1)
    ]

    assert log.missed([*whole, *inside]) == []


def test_a_log_cut_off_where_it_was_signed_is_found_by_who_saw_more(log):
    """Nothing in the file tells; what somebody kept does, and so does asking for witnesses."""
    cuts = [at + 1 for at, line in enumerate(log.lines[:-1]) if line.startswith(b'{"checkpoint"')]
    watched = {at + 1 for at, line in enumerate(log.lines) if b"cosignatures" in line}

    assert [log.findings(log.lines[:at], quorum=0, kept={}) for at in cuts] == [[]] * len(cuts)
    assert all(str(log.findings(log.lines[:at], quorum=0)[0]).startswith("the file ends after") for at in cuts)
    assert {at for at in cuts if not log.findings(log.lines[:at], kept={})} == watched - {len(log.lines)}


def event_line(event):
    return f"{canonical({'event': event, 'hash': leaf_hash(canonical(event).encode()).hex()})}\n".encode()


def forged(log, at, cosigned):
    """A log written anew from one line on by a thief of the owner's key."""
    tree, lines, before = Frontier(), [], None
    for number, line in enumerate(log.lines):
        match json.loads(line):
            case {"event": event}:
                lines.append(event_line(event | ({"actor": "u9"} if number == at else {})))
                tree.append(bytes.fromhex(json.loads(lines[-1])["hash"]))
            case {"checkpoint": {"at": moment, "size": size, **rest}}:
                said = {"at": moment, "size": size, "root": tree.root().hex()}
                said |= {} if before is None else {"previous": before}
                before = size
                public, signature = signs(log.owner, "checkpoint")(signed_text(said))
                said |= {"public": public.hex(), "signature": signature.hex()}
                shown = cosigned(said, rest.get("cosignatures", []), number < at)
                lines.append(
                    f"{canonical({'checkpoint': said | ({'cosignatures': shown} if shown else {})})}\n".encode()
                )
    return lines


def kept_as_they_were(said, shown, before):
    return shown


def left_out(said, shown, before):
    return shown if before else []


def by_strangers(log):
    """Signatures in the witnesses' names with the thief's own keys."""
    thief = log.owner

    def signed(said, shown, before):
        def one(name):
            message = cosigned_text({**said, "log": said["public"], "witness": name})
            public, signature = signs(thief, "cosignature")(message)
            return {"at": said["at"], "public": public.hex(), "signature": signature.hex(), "witness": name}

        return shown if before else [one(each["witness"]) for each in shown]

    return signed


EVENTS = [at for at, run in enumerate(line for count in RUNS for line in [*[b"e"] * count, b"c"]) if run == b"e"]


@pytest.mark.parametrize("way", ["kept", "left out", "strangers"])
def test_a_log_that_a_thief_of_the_key_wrote_anew_is_found_by_its_witnesses(log, way):
    cosigned = {"kept": kept_as_they_were, "left out": left_out, "strangers": by_strangers(log)}[way]
    tampers = [(forged(log, at, cosigned), (at + 1,)) for at in EVENTS]

    assert log.missed(tampers, kept={}) == []


def test_without_witnesses_nobody_finds_what_a_thief_of_the_key_wrote_anew(log):
    """The control: what the test above finds is found by the witnesses."""
    assert [log.findings(forged(log, at, lambda *_: []), quorum=0, kept={}) for at in EVENTS] == [[]] * len(EVENTS)


def test_what_one_kept_finds_a_log_written_anew_without_any_signature_of_others(log):
    tampers = [(forged(log, at, lambda *_: []), (at + 1,)) for at in EVENTS]

    assert log.missed(tampers, quorum=0) == []


def test_a_file_that_is_something_else_is_told(log):
    with pytest.raises(Unreadable):
        log.findings([b"\xff\xff\n", *log.lines])
