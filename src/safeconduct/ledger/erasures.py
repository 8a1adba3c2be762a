"""What was erased, as a signed list: whoever restores an older copy of a site erases it again.

One JSON line an erasure: `at`, `kind`, `subject`, `digests`, and `public` and `signature` over the canonical text of
the rest, in the domain `erasure`. An event of the record of use tells of an erasure where its body has `erased`, with
`kind` and `subject`, and `digests` of what was destroyed. A subject is an id, never a name or a pseudonym.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from safeconduct.ledger import tables
from safeconduct.ledger.entries import Event
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.signed import Sign
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import Tampered, Unreadable
from safeconduct.model.text import say

DOMAIN = "erasure"
ERASED = "erased"
Check = Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """One thing that was erased.

    Attributes:
        at: When, UTC, as the record of use writes it.
        kind: What sort of thing, such as `dataset`.
        subject: Which one: an id.
        digests: SHA-256 of what was destroyed, as it lay on disk.
    """

    at: str
    kind: str
    subject: str
    digests: tuple[str, ...] = ()

    def told(self) -> dict[str, Json]:
        """What is signed."""
        return {"at": self.at, "kind": self.kind, "subject": self.subject, "digests": list(self.digests)}


def erasures(ledger: Ledger) -> list[Erasure]:
    """Everything the record of use says was erased, in that order."""
    return [one for _, one in numbered(ledger)]


def numbered(ledger: Ledger) -> list[tuple[int, Erasure]]:
    """The same, each with the index of its event, which tells what came before it better than any clock."""
    table = tables.event.c
    wanted = select(table.leaf).where(table.leaf.contains(f'"{ERASED}":', autoescape=True)).order_by(table.number)
    found = [Event.of(row["leaf"]) for row in ledger.rows(wanted)]
    return [(event.index, one) for event in found if (one := _of(event)) is not None]


def lines(found: Iterable[Erasure], sign: Sign) -> Iterator[str]:
    """A signed line for each."""
    for one in found:
        public, signature = sign(canonical(one.told()).encode())
        yield canonical({**one.told(), "public": public.hex(), "signature": signature.hex()})


def read_lines(content: Iterable[str], check: Check) -> list[Erasure]:
    """Erasures of a signed list.

    Args:
        content: Its lines.
        check: Whether a public key, which is the site's, signed a message.

    Raises:
        Unreadable: A line is not of this form; nothing of it is repeated.
        Tampered: A line was changed, or signed by somebody else.
    """
    return [_checked(line, check) for line in content if line.strip()]


def _of(event: Event) -> Erasure | None:
    told = event.body.get(ERASED)
    if not isinstance(told, dict):
        return None
    digests = told.get("digests", [])
    return Erasure(
        at=event.at,
        kind=str(told.get("kind", "")),
        subject=str(told.get("subject", "")),
        digests=tuple(map(str, digests if isinstance(digests, list) else [])),
    )


def _checked(line: str, check: Check) -> Erasure:
    try:
        tree = json.loads(line)
        one = Erasure(
            at=str(tree["at"]),
            kind=str(tree["kind"]),
            subject=str(tree["subject"]),
            digests=tuple(map(str, tree["digests"])),
        )
        public, signature = bytes.fromhex(tree["public"]), bytes.fromhex(tree["signature"])
    except (ValueError, KeyError, TypeError):
        raise Unreadable(say("this is no list of erasures; 'safeconduct export-erasures' writes one")) from None
    if not check(public, canonical(one.told()).encode(), signature):
        raise Tampered(say("the list of erasures was changed, or is another site's; use the one this site wrote"))
    return one
