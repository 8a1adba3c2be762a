"""The record of use and everything that holds: opened once, written in transactions, proven to whoever asks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import eq, ge, lt
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, RowMapping, select

from safeconduct.ledger import asked, database, merkle, snapshot, spending, tables, watched
from safeconduct.ledger.entries import Answer, Event, Fact, FrameAsked, Spend, opened
from safeconduct.ledger.export import PAGE, checkpoint_line, event_line, leaves, write_lines
from safeconduct.ledger.signed import CheckSignature, Sign, check_witness
from safeconduct.ledger.transaction import Transaction, fact_of, newest, nodes_of, size_of
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.outcomes import Budget
from safeconduct.model.text import say


class Ledger:
    """What happened and what holds, in one database.

    Args:
        engine: From `database.open_engine`; use `Ledger.open`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        """Which sort of database; its address may hold a password."""
        return f"Ledger({self._engine.dialect.name})"

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """Open a database; its tables are made or changed by `upgrade` alone.

        Args:
            url: `sqlite:////absolute/path` or `postgresql://user@host/name`.

        Raises:
            BadSettings: The URL cannot be used.
        """
        return cls(database.open_engine(url))

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()

    def upgrade(self) -> None:
        """Make the tables, or bring them to this version; nothing happens where they are."""
        database.upgrade(self._engine)

    def copy(self, path: Path) -> bool:
        """Write all of it to a new file, as of one moment; others go on writing.

        Returns:
            Whether the file is a database by itself; else it holds rows, which `fill` puts into another database.

        Raises:
            BrokenPromise: It cannot be copied whole.
            StoreFull: The disk is full.
        """
        if self._engine.dialect.name == "sqlite":
            snapshot.copy_file(self._engine, path)
            return True
        write_lines(path, snapshot.rows(self._engine))
        return False

    def fill(self, lines: Iterable[str]) -> None:
        """Put in the rows that `copy` wrote; all or nothing.

        Raises:
            WrongState: There is something here already.
            Unreadable: They are of another version.
        """
        snapshot.fill(self._engine, lines)

    def holds_something(self) -> bool:
        """Whether there is a row in any table."""
        return snapshot.filled(self._engine)

    def clear(self) -> None:
        """Take out every row that `fill` put in: for a restore that failed later on."""
        snapshot.clear(self._engine)

    def is_current(self) -> bool:
        """Whether the tables are of this version; `upgrade` makes them so."""
        return database.is_current(self._engine)

    def revision(self) -> tuple[str, str]:
        """The revision of the tables as they are, `""` for none, and that of this version."""
        return database.revision(self._engine), database.newest()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: durable once the block ends, undone whole if anything is raised.

        Writers queue: keep the block short, and never open a second one inside it.

        Raises:
            TooMany: Other writers held the database too long; nothing was changed.
            WrongState: Something is written down already.
            StoreFull: The disk is full; nothing was changed.
            BrokenPromise: The database did not do it, or a fact was left without its event; nothing was changed.
        """
        with database.writing(self._engine) as connection:
            transaction = Transaction(connection)
            yield transaction
            transaction.close()

    def rows(self, statement: Executable) -> list[RowMapping]:
        """What a statement over `ledger.tables` finds."""
        with database.reading(self._engine) as connection:
            return list(connection.execute(statement).mappings())

    def fact(self, kind: str, id: str) -> Fact | None:  # noqa: A002 - the word of the field
        """What holds now; `None` where nothing was ever written."""
        found = self.rows(newest(kind).where(tables.fact.c.id == id))
        return fact_of(found[0]) if found else None

    def facts(self, kind: str, *, state: str | None = None, prefix: str = "") -> list[Fact]:
        """What holds now of a kind, in the order in which the ids first appeared.

        Args:
            kind: What sort of thing.
            state: Only those in this state.
            prefix: Only ids that begin so.
        """
        if len(prefix) > tables.LONGEST_ID:
            return []
        wanted = newest(kind).order_by(tables.fact.c.made)
        if state is not None:
            wanted = wanted.where(tables.fact.c.state == state)
        if prefix:
            wanted = wanted.where(tables.fact.c.id.startswith(prefix, autoescape=True))
        return [fact_of(row) for row in self.rows(wanted)]

    def history(self, kind: str, id: str) -> list[Fact]:  # noqa: A002 - the word of the field
        """Every version of a fact, the first one first."""
        table = tables.fact
        wanted = select(table).where(table.c.kind == kind, table.c.id == id).order_by(table.c.version)
        return [fact_of(row) for row in self.rows(wanted)]

    def answer(self, answer_id: str) -> Answer | None:
        """A protected answer; `None` where there is none yet."""
        table = tables.answer
        found = self.rows(select(table).where(table.c.answer_id == answer_id))
        if not found:
            return None
        row = found[0]
        return Answer(
            answer_id=row["answer_id"], spec_id=row["spec_id"], project=row["project"],
            tree=opened(row["tree"]), at=row["decided_at"],
        )  # fmt: skip

    def noise(self, answer_id: str) -> bytes:
        """The sealed secret that an answer's noise is drawn from, kept with its spend.

        Returns:
            What `Transaction.spend` was handed the first time; `b""` where that was nothing.

        Raises:
            NotFound: The answer was never paid for.
        """
        with database.reading(self._engine) as connection:
            return spending.noise_of(connection, answer_id)

    def spent(self, budget: Budget, name: str) -> list[tuple[str, int]]:
        """What is spent of an account: period and millionths of rho, the earliest period first.

        Args:
            budget: Whose budget.
            name: Id of the project, or name of the data set.
        """
        return sorted((row["period"], int(row["rho"])) for row in self.rows(spending.by_period(budget, name)))

    def spends(self, dataset: str) -> list[Spend]:
        """Every answer that was paid for about a data set, the latest first."""
        return spending.paid(self.rows(spending.of(dataset)))

    def frames(self, dataset: str, *, since: int = 0) -> list[FrameAsked]:
        """The groups of people asked about so far, in order of arrival.

        Args:
            dataset: Whose records.
            since: Only from this number on.
        """
        return [asked.frame_of(row) for row in self.rows(asked.of(dataset, since))]

    def ingested(self, dataset: str, sha256: str) -> bool:
        """Whether a file was taken in."""
        table = tables.ingested_file.c
        return bool(self.rows(select(table.at).where(table.dataset == dataset, table.sha256 == sha256)))

    def events(  # noqa: PLR0913 - a search form has these fields, each by name
        self,
        *,
        actor: str | None = None,
        verb: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
        before: int | None = None,
    ) -> list[Event]:
        """What happened, the latest first.

        Args:
            actor: Only by this actor.
            verb: Only this verb.
            subject: Only to this subject.
            since: Only from this moment on.
            until: Only before this moment.
            limit: At most so many, 1 to 10,000.
            before: Only below this index: hand over the last one's to turn the page.
        """
        table = tables.event.c
        given: list[tuple[Callable[[Any, Any], Any], Any, object]] = [
            (eq, table.actor, actor), (eq, table.verb, verb), (eq, table.subject, subject),
            (ge, table.at, since and tables.stamp(since)), (lt, table.at, until and tables.stamp(until)),
            (lt, table.number, before),
        ]  # fmt: skip
        conditions = [compare(column, value) for compare, column, value in given if value is not None]
        found = select(table.leaf).where(*conditions).order_by(table.number.desc()).limit(min(max(limit, 1), 10_000))
        return [Event.of(row["leaf"]) for row in self.rows(found)]

    def size(self) -> int:
        """How many events the log holds."""
        with database.reading(self._engine) as connection:
            return size_of(connection)

    def root(self, size: int | None = None) -> bytes:
        """Root of the log, or of its first `size` events, 32 bytes.

        Raises:
            BadInput: The log is shorter than that.
        """
        with database.reading(self._engine) as connection:
            wanted = _within(size, size_of(connection))
            return merkle.root_at(wanted, nodes_of(connection))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Proof that an event is in the log of that size; `merkle.verify_inclusion` takes it.

        Raises:
            BadInput: The log is shorter than that, or the event is not among them.
        """
        with database.reading(self._engine) as connection:
            wanted = _within(size, size_of(connection))
            return merkle.inclusion_path(index, wanted, nodes_of(connection))

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Proof that the log of one size begins with the log of a smaller; `merkle.verify_consistency` takes it.

        Raises:
            BadInput: The log is shorter, the sizes are not in order, or the first is 0.
        """
        with database.reading(self._engine) as connection:
            wanted = _within(second, size_of(connection))
            return merkle.consistency_path(first, wanted, nodes_of(connection))

    def checkpoint(self, sign: Sign, *, at: datetime) -> dict[str, Json]:
        """Sign the root as it is now, and keep it; who holds a checkpoint notices any change before it.

        Args:
            sign: Signs the canonical text of `at`, `root`, `size` and, unless it is the first, `previous`; gives the
                public key and the signature. It is called while other writers wait.
            at: When, with its zone.

        Returns:
            `at`, `root`, `size`, `previous` (size of the checkpoint before, so that none can be left out), `public`
            and `signature`; bytes as hexadecimal digits. The log's last checkpoint where nothing happened since.
        """
        size = self.size()
        if kept := [one for one in self.checkpoints() if one["size"] == size]:
            return kept[0]
        with self.write() as tx:
            return tx.checkpoint(sign, at=at)

    def checkpoints(self) -> Sequence[dict[str, Json]]:
        """Every signed root, the smallest log first."""
        table = tables.checkpoint.c
        return [opened(row["body"]) for row in self.rows(select(table.body).order_by(table.size))]

    def shown(self, first: int, sign: Sign, *, at: datetime) -> dict[str, Json]:
        """What a witness is shown that signed the log at `first` events: the checkpoint of now, and how it grew.

        Args:
            first: What the witness signed last; 0 where it never did. One the log never reached has no proof: the
                witness finds out by itself.
            sign: See `checkpoint`.
            at: When, with its zone.

        Returns:
            `checkpoint`, and `proof`: hashes of 64 hexadecimal digits; `witness.cosign` takes both.
        """
        signed = self.checkpoint(sign, at=at)
        size = int(str(signed["size"]))
        proof: list[Json] = [one.hex() for one in self.consistency(first, size)] if 0 < first <= size else []
        return {"checkpoint": signed, "proof": proof}

    def cosigned(
        self, size: int, cosignature: Mapping[str, Json], *, check_signature: CheckSignature = check_witness
    ) -> bool:
        """Keep a witness's signature; see `Transaction.cosigned`, for those who are inside one already."""
        with self.write() as tx:
            return tx.cosigned(size, cosignature, check_signature=check_signature)

    def cosignatures(self, size: int) -> list[dict[str, Json]]:
        """Signatures of witnesses beside the checkpoint of that size, by name."""
        found = [opened(row["body"]) for row in self.rows(watched.of(size))]
        return sorted(found, key=lambda one: str(one["witness"]))

    def export_log(self, path: Path, *, sign: Sign, at: datetime, quorum: int = 0) -> dict[str, Json]:
        """Write the whole log to a new file, signed; `verify.verify_log` checks it on any machine.

        Args:
            path: A file that is not there yet.
            sign: See `checkpoint`.
            at: When, with its zone.
            quorum: End with the last checkpoint that so many witnesses signed; 0 writes everything.

        Returns:
            The checkpoint the file ends with, with the signatures of its witnesses.

        Raises:
            WrongState: The file is there already, or so many witnesses never signed.
            StoreFull: The disk is full; no file is left behind.
        """
        signed = self._signed(self.checkpoint(sign, at=at), quorum)
        if not signed:
            raise WrongState(say("too few witnesses have signed the record of use yet; ask them to, or ask for fewer"))
        last = max(signed)
        write_lines(path, self._lines(last, signed))
        return signed[last]

    def _signed(self, newest: Mapping[str, Json], quorum: int) -> dict[int, dict[str, Json]]:
        """Every checkpoint up to the newest that enough witnesses signed, with their signatures, by size."""
        rows: dict[int, list[RowMapping]] = defaultdict(list)
        for row in self.rows(watched.of()):
            rows[row["size"]].append(row)
        sizes = {int(str(one["size"])): one for one in self.checkpoints()}
        end = int(str(newest["size"])) if not quorum else max((n for n in rows if len(rows[n]) >= quorum), default=-1)
        return {size: watched.beside(one, rows[size]) for size, one in sizes.items() if size <= end}

    def _lines(self, size: int, checkpoints: Mapping[int, Mapping[str, Json]]) -> Iterator[str]:
        """The log as lines: events with the hashes they had, and each checkpoint after the last event it covers."""
        signed = {place: checkpoint_line(one) for place, one in checkpoints.items()}
        yield from filter(None, [signed.get(0)])
        for start in range(0, size, PAGE):
            for row in self.rows(leaves(start, min(start + PAGE, size))):
                yield event_line(row["leaf"], row["hash"])
                yield from filter(None, [signed.get(row["number"] + 1)])


def _within(size: int | None, most: int) -> int:
    if size is None:
        return most
    if not 0 <= size <= most:
        raise BadInput("the log is shorter than that")
    return size


__all__ = ["Ledger", "Sign", "Transaction"]
