"""One transaction of the ledger: changes and the event that tells of them, all written or none."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Executable, RowMapping, Select, func, select
from sqlalchemy.sql.dml import Delete, Insert, Update

from safeconduct.ledger import tables
from safeconduct.ledger.entries import LARGEST_ANSWER, Event, Fact, opened, plain
from safeconduct.ledger.merkle import Nodes, grown, leaf_hash
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.text import say


class Transaction:
    """What may be written, together.

    It is made by `Ledger.write` and ends with it. A fact never changes without an event that tells of it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._untold = False

    def rows(self, statement: Executable) -> list[RowMapping]:
        """What a statement over `ledger.tables` finds, within this transaction."""
        return list(self._connection.execute(statement).mappings())

    def change(self, statement: Insert | Update | Delete) -> int:
        """How many rows a statement over `ledger.tables` changed."""
        return self._connection.execute(statement).rowcount

    def event(self, *, actor: str, verb: str, subject: str, body: Mapping[str, Json], at: datetime) -> int:
        """Append to the record of use.

        Args:
            actor: Opaque id of who acts; never a login or a name.
            verb: What they do, a lower-case word.
            subject: To what: an id without spaces.
            body: The particulars: plain JSON without floats, never a value of a record, at most 256 KiB.
            at: When, with its zone.

        Returns:
            The event's index in the log.

        Raises:
            BadInput: A part cannot be written down; nothing is.
        """
        index = size_of(self._connection)
        one = Event(index=index, at=tables.stamp(at), actor=actor, verb=verb, subject=subject, body=body)
        leaf = one.leaf()
        columns = {"number": index, "at": one.at, "actor": actor, "verb": verb, "subject": subject, "leaf": leaf}
        self.change(tables.event.insert().values(columns))
        for level, position, node in grown(index, leaf_hash(leaf.encode()), nodes_of(self._connection)):
            self.change(tables.node.insert().values(level=level, position=position, hash=node))
        self._untold = False
        return index

    def put(self, kind: str, id: str, body: Mapping[str, Json], *, state: str = "current", at: datetime) -> int:  # noqa: A002 - the word of the field
        """Write what holds from now on; the same again changes nothing.

        Args:
            kind: What sort of thing, such as "agreement".
            id: Which one.
            body: What holds: plain JSON without floats.
            state: "current", or what the kind's states say.
            at: When, with its zone.

        Returns:
            The version that holds now, from 1.

        Raises:
            BadInput: The body cannot be written down.
        """
        text, before = plain(body), self.fact(kind, id)
        if before is not None and (plain(before.body), before.state) == (text, state):
            return before.version
        version = 1 if before is None else before.version + 1
        made = self._made(kind, id if before else None)
        columns = {"kind": kind, "id": id, "version": version, "state": state, "body": text, "made": made}
        self.change(tables.fact.insert().values(columns | {"at": tables.stamp(at)}))
        self._untold = True
        return version

    def _made(self, kind: str, id: str | None) -> int:  # noqa: A002 - the word of the field
        """The place of an id in the order in which its kind's ids first appeared; the next place for a new one."""
        table = tables.fact.c
        if id is not None:
            found = select(table.made).where(table.kind == kind, table.id == id).limit(1)
            return int(self._connection.execute(found).scalar_one())
        last = self._connection.execute(select(func.max(table.made)).where(table.kind == kind)).scalar()
        return 0 if last is None else last + 1

    def fact(self, kind: str, id: str) -> Fact | None:  # noqa: A002 - the word of the field
        """What holds, as this transaction sees it."""
        found = self.rows(newest(kind).where(tables.fact.c.id == id))
        return fact_of(found[0]) if found else None

    def spend(self, answer_id: str, *, project: str, dataset: str, at: datetime) -> bool:
        """Pay for an answer, once for the whole site.

        Returns:
            Whether this was the first time; an answer asked for again is free.
        """
        table = tables.spend
        if self.rows(select(table.c.at).where(table.c.answer_id == answer_id)):
            return False
        self.change(table.insert().values(answer_id=answer_id, project=project, dataset=dataset, at=at))
        return True

    def answer(self, answer_id: str, *, spec_id: str, tree: Mapping[str, Json], project: str, at: datetime) -> None:
        """Keep a protected answer; the same again changes nothing.

        Raises:
            WrongState: Another answer stands under this identity; there is never a second one.
        """
        table, text = tables.answer, plain(tree, most=LARGEST_ANSWER)
        found = self.rows(select(table.c.tree).where(table.c.answer_id == answer_id))
        if found and found[0]["tree"] != text:
            raise WrongState(say("this question has its answer already; there is never a second one"))
        if not found:
            columns = {"answer_id": answer_id, "spec_id": spec_id, "project": project, "tree": text}
            self.change(table.insert().values(columns | {"decided_at": at}))

    def ingested(self, dataset: str, sha256: str, *, manifest: str, at: datetime) -> None:
        """Note that a file was taken in.

        Raises:
            WrongState: It was taken in before; nothing is changed.
        """
        table = tables.ingested_file
        self.change(table.insert().values(dataset=dataset, sha256=sha256, manifest=manifest, at=at))

    def close(self) -> None:
        """Called by the ledger before it commits.

        Raises:
            BrokenPromise: A fact was written after the last event; nothing is committed.
        """
        if self._untold:
            raise BrokenPromise("a fact changes only together with an event that tells of it; write the event after it")


def size_of(connection: Connection) -> int:
    """How many events the log holds."""
    last = connection.execute(select(func.max(tables.event.c.number))).scalar()
    return 0 if last is None else last + 1


def nodes_of(connection: Connection) -> Nodes:
    """Where the hashes of complete subtrees are found."""
    table = tables.node.c

    def found(level: int, position: int) -> bytes:
        wanted = select(table.hash).where(table.level == level, table.position == position)
        node = connection.execute(wanted).scalar()
        if node is None:
            raise BrokenPromise("the record of use lacks a hash; restore the metadata database from its backup")
        return bytes(node)

    return found


def newest(kind: str) -> Select[tuple[object, ...]]:
    """The version that holds of every id of a kind."""
    table = tables.fact
    later = table.alias("later")
    superseded = select(later.c.version).where(
        later.c.kind == table.c.kind, later.c.id == table.c.id, later.c.version == table.c.version + 1
    )
    return select(table).where(table.c.kind == kind, ~superseded.exists())


def fact_of(row: RowMapping) -> Fact:
    """A fact from its row."""
    return Fact(
        kind=row["kind"], id=row["id"], version=row["version"], state=row["state"],
        body=opened(row["body"]), at=row["at"],
    )  # fmt: skip
