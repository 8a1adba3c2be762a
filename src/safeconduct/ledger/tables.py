"""Every table of the metadata database and what it is for; never a record, a number of people or a secret in clear.

The migrations make these tables; a test holds the two together. Times are UTC, as text of one width, so that they
sort alike on every database.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from safeconduct.model.errors import BadInput

LONGEST_ID = 300
"""Most characters of a fact's id."""
LONGEST_NAME = 64
"""Most characters of a witness's name."""
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def stamp(at: datetime) -> str:
    """A moment as UTC text with microseconds.

    Raises:
        BadInput: The moment has no zone, so that nobody can tell when it was.

    Example:
        >>> stamp(datetime(2026, 3, 1, 8, tzinfo=UTC))
        '2026-03-01T08:00:00.000000Z'
    """
    if at.tzinfo is None:
        raise BadInput("a moment needs a zone; use UTC")
    return at.astimezone(UTC).strftime(STAMP)


class Moment(TypeDecorator[datetime]):
    """A zoned moment, kept as `stamp` writes it."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text of a moment."""
        del dialect
        return None if value is None else stamp(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The moment of a text."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


event = Table(
    "event",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="position in the log, from 0, no gaps"),
    Column("at", String(27), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("verb", String(64), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("leaf", Text, nullable=False, doc="canonical JSON that was hashed; the truth of the row"),
    Index(None, "actor", "number"),
    Index(None, "verb", "number"),
    Index(None, "subject", "number"),
    Index(None, "at"),
    comment="The record of use: what happened, appended and never changed. The columns beside leaf only find it.",
)
node = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    comment="Hashes of the complete subtrees of the record of use (RFC 9162).",
)
checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False, doc="canonical JSON with the signature"),
    comment="Signed roots of the record of use, for those who watch it.",
)
cosignature = Table(
    "cosignature",
    metadata,
    Column("size", BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("witness", String(LONGEST_NAME), primary_key=True, doc="the name the witness gives itself"),
    Column("body", Text, nullable=False, doc="canonical JSON with the signature"),
    comment="Signatures of those who watch the record of use, beside the signed root they saw.",
)
fact = Table(
    "fact",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("id", String(LONGEST_ID), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, doc="from 1, no gaps; the highest holds"),
    Column("state", String(32), nullable=False),
    Column("body", Text, nullable=False, doc="canonical JSON"),
    Column("at", String(27), nullable=False),
    Column("made", BigInteger, nullable=False, doc="order in which ids of the kind first appeared"),
    Index(None, "kind", "made"),
    comment="What holds: projects, agreements, protection levels, data sets; every version is kept.",
)
job = Table(
    "job",
    metadata,
    Column("key", String(300), primary_key=True, doc="what is to be made; one job for one thing"),
    Column("number", BigInteger, nullable=False, unique=True, doc="place in the queue"),
    Column("verb", String(64), nullable=False),
    Column("body", Text, nullable=False, doc="canonical JSON"),
    Column("actor", String(64), nullable=False),
    Column("project", String(64), nullable=False),
    Column("state", String(16), nullable=False, doc="queued, running, done, failed or cancelled"),
    Column("step", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fence", Integer, nullable=False, doc="raised whenever the job changes hands; only its holder may end it"),
    Column("worker", String(200), nullable=False),
    Column("ready_at", Moment, nullable=False, doc="not before; while running, the end of the lease"),
    Column("queued_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("result_ref", String(300), nullable=False),
    Column("error", Text, nullable=False, doc="canonical JSON of a text, '' without"),
    Index(None, "state", "number"),
    comment="Long work, waiting, being done or ended.",
)
spend = Table(
    "spend",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("project", String(64), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("noise", LargeBinary, doc="secret that the answer's noise is drawn from, sealed; without where none is"),
    Index(None, "dataset"),
    comment="Answers that were paid for, once each, before a record was read.",
)
cost = Table(
    "cost",
    metadata,
    Column("answer_id", String(64), ForeignKey("spend.answer_id"), primary_key=True),
    Column("budget", String(16), primary_key=True, doc="whose: project or dataset"),
    Column("name", String(64), primary_key=True, doc="id of the project, or name of the data set"),
    Column("period", String(32), primary_key=True, doc="such as 2026-03; '' for all time"),
    Column("rho", BigInteger, nullable=False, doc="zero-concentrated loss, millionths, at least 1"),
    Index(None, "budget", "name", "period", "rho"),
    comment="What each answer took from whose budget; the sum of an account is what is spent of it.",
)
frame = Table(
    "frame",
    metadata,
    Column("dataset", String(64), primary_key=True),
    Column("frame", String(64), primary_key=True, doc="SHA-256 of the body"),
    Column("data_version", String(64), primary_key=True, doc="SHA-256 of the versions"),
    Column("number", BigInteger, nullable=False, doc="order of arrival in the data set, from 0, no gaps"),
    Column("body", Text, nullable=False, doc="canonical JSON: the people a question was about, in words"),
    Column("versions", Text, nullable=False, doc="canonical JSON: version of every partition it reads"),
    Column("project", String(64), nullable=False, doc="who asked first"),
    Column("at", Moment, nullable=False),
    UniqueConstraint("dataset", "number"),
    comment="The groups of people that questions were about, each once; never an answer, nor who they are.",
)
answer = Table(
    "answer",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("spec_id", String(64), nullable=False),
    Column("project", String(64), nullable=False),
    Column("tree", Text, nullable=False, doc="canonical JSON of the protected answer"),
    Column("decided_at", Moment, nullable=False),
    Index(None, "spec_id"),
    comment="Protected answers; one identity has one answer for the whole site.",
)
ingested_file = Table(
    "ingested_file",
    metadata,
    Column("dataset", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("manifest", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    comment="Files that were taken in, so that none is taken in twice.",
)
account = Table(
    "account",
    metadata,
    Column("id", String(64), primary_key=True, doc="opaque; the only name the record of use keeps"),
    Column("login", String(64), unique=True, doc="unknown once the person is forgotten"),
    Column("name", LargeBinary, nullable=False, doc="sealed under the person's own key"),
    Column("password", Text, nullable=False, doc="argon2id; '' signs nobody in"),
    Column("totp", LargeBinary, doc="seed of one-time codes, sealed"),
    Column("totp_confirmed", Boolean, nullable=False),
    Column("roles", Text, nullable=False, doc="canonical JSON list"),
    Column("state", String(16), nullable=False, doc="open or closed"),
    Column("made_at", Moment, nullable=False),
    comment="People who may sign in.",
)
person_key = Table(
    "person_key",
    metadata,
    Column("account", String(64), ForeignKey("account.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    comment="The key of a person's name; without it nobody can read the name, and their events name nobody.",
)
totp_used = Table(
    "totp_used",
    metadata,
    Column("account", String(64), ForeignKey("account.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False, doc="half-minutes since 1970"),
    comment="One-time codes that were used, so that none works twice.",
)
throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True, doc="hash of a login or of an address"),
    Column("failures", Integer, nullable=False),
    Column("until", Moment, nullable=False, doc="failures count until then"),
    comment="Failed sign-ins, for slowing down whoever guesses.",
)
session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True, doc="SHA-256 of the cookie; the cookie itself is nowhere"),
    Column("account", String(64), ForeignKey("account.id"), nullable=False),
    Column("language", String(16), nullable=False),
    Column("project", String(64), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index(None, "account"),
    comment="Who is signed in to the pages.",
)
token = Table(
    "token",
    metadata,
    Column("jti", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("project", String(64), nullable=False),
    Column("scopes", Text, nullable=False, doc="canonical JSON list"),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index(None, "account"),
    comment="Access tokens that were made; their text is nowhere.",
)
