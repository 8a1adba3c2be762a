"""One transaction of the ledger: changes and the event that tells of them, all written or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Executable, RowMapping, Select, func, select
from sqlalchemy.sql.dml import Delete, Insert, Update

from safeconduct.ledger import asked, spending, tables, watched
from safeconduct.ledger.entries import LARGEST_ANSWER, Event, Fact, FrameAsked, opened, plain
from safeconduct.ledger.merkle import Nodes, grown, leaf_hash, root_at
from safeconduct.ledger.signed import CheckSignature, Sign, check_witness, signed_text
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.outcomes import Budget, Cost
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

    def spend(
        self,
        answer_id: str,
        *,
        project: str,
        dataset: str,
        at: datetime,
        costs: Sequence[Cost] = (),
        noise: bytes = b"",
    ) -> bool:
        """Pay for an answer, once for the whole site; that a retry never draws noise twice rests on this row.

        Args:
            answer_id: What is paid for.
            project: Who pays from a project's budget.
            dataset: Whose budget a data set's cost is taken from.
            at: When, with its zone.
            costs: What it takes from which budgets; all are taken or none.
            noise: Sealed secret that the answer's noise is drawn from, at most 4 KiB; `noise` gives it back.

        Returns:
            Whether this was the first time; an answer asked for again is free, and its first secret stays.

        Raises:
            OverBudget: A budget does not reach; nothing was written, `field` says whose.
            BadInput: A cost is not at least 1, an account is named twice, or the secret is too long.
        """
        spending.checked(costs, noise)
        table, names = tables.spend, {Budget.PROJECT: project, Budget.DATASET: dataset}
        if self.rows(select(table.c.at).where(table.c.answer_id == answer_id)):
            return False
        spending.afford(self._connection, costs, names)
        columns = {"answer_id": answer_id, "project": project, "dataset": dataset, "noise": noise or None}
        self.change(table.insert().values(columns | {"at": at}))
        for row in spending.rows_of(answer_id, costs, names):
            self.change(tables.cost.insert().values(row))
        return True

    def noise(self, answer_id: str) -> bytes:
        """The sealed secret kept with a spend, as this transaction sees it; `b""` where none was handed over.

        Raises:
            NotFound: The answer was never paid for.
        """
        return spending.noise_of(self._connection, answer_id)

    def frame(
        self,
        dataset: str,
        frame_id: str,
        *,
        body: Mapping[str, Json],
        versions: Mapping[str, str],
        project: str,
        at: datetime,
    ) -> bool:
        """Remember the group of people a question is about; the same group on the same records again changes nothing.

        The same words on other versions of the records may mean other people: that is another entry.

        Args:
            dataset: Whose records.
            frame_id: SHA-256 of the body.
            body: The group in words, as `query.frame` writes it, at most 256 KiB.
            versions: Version of every partition that says who they are, by name.
            project: Who asks.
            at: When, with its zone.

        Returns:
            Whether this was the first time.

        Raises:
            BadInput: The body or the versions cannot be written down.
            WrongState: The id stands for another body.
        """
        return asked.remember(
            self._connection, dataset, frame_id, asked.Said(plain(body), plain(versions), project, at)
        )

    def frames(self, dataset: str, *, since: int = 0) -> list[FrameAsked]:
        """The groups of people asked about so far, in order of arrival, as this transaction sees them.

        Args:
            dataset: Whose records.
            since: Only from this number on, for who remembers those before: they never change.
        """
        return [asked.frame_of(row) for row in self.rows(asked.of(dataset, since))]

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

    def checkpoint(self, sign: Sign, *, at: datetime) -> dict[str, Json]:
        """Sign the root as it is now, and keep it; `Ledger.checkpoint` says how.

        It is signed here, under the writers' lock, so that every checkpoint names the one before it.
        """
        table, size = tables.checkpoint, size_of(self._connection)
        if kept := self.rows(select(table.c.body).where(table.c.size == size)):
            return opened(kept[0]["body"])
        root = root_at(size, nodes_of(self._connection))
        said: dict[str, Json] = {"at": tables.stamp(at), "root": root.hex(), "size": size}
        before = self._connection.execute(select(func.max(table.c.size))).scalar()
        said |= {} if before is None else {"previous": before}
        public, signature = sign(signed_text(said))
        signed: dict[str, Json] = {**said, "public": public.hex(), "signature": signature.hex()}
        self.change(table.insert().values(size=size, body=plain(signed)))
        return signed

    def cosigned(
        self, size: int, cosignature: Mapping[str, Json], *, check_signature: CheckSignature = check_witness
    ) -> bool:
        """Keep a witness's signature beside the checkpoint of that size; the first of a witness stays.

        That the witness is one you know, and that the key is theirs, is up to the caller.

        Args:
            size: How many events the checkpoint covers.
            cosignature: As `witness.cosign` gives it.
            check_signature: Whether a witness's key signed; the default takes no practice witness's.

        Returns:
            Whether this was the first time.

        Raises:
            BadInput: It is no such signature.
            NotFound: There is no checkpoint of that size.
            Tampered: It is good for another root, another owner or nothing.
            WrongState: Another key signed under that name.
        """
        return watched.keep(self._connection, size, cosignature, check_signature)

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
