"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the first release."""
    _record()
    _proofs()
    _facts()
    _work()
    _answers()
    _people()
    _names()
    _guards()
    _doors()


def _record() -> None:
    """The record of use."""
    op.create_table(
        "event",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("verb", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_event"),
        comment="The record of use: what happened, appended and never changed. The columns beside leaf only find it.",
    )
    op.create_index("ix_event_actor_number", "event", ["actor", "number"])
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_subject_number", "event", ["subject", "number"])
    op.create_index("ix_event_verb_number", "event", ["verb", "number"])


def _proofs() -> None:
    """What proves the record."""
    op.create_table(
        "node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_node"),
        comment="Hashes of the complete subtrees of the record of use (RFC 9162).",
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
        comment="Signed roots of the record of use, for those who watch it.",
    )


def _facts() -> None:
    """What holds, and what was taken in."""
    op.create_table(
        "fact",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("id", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version", name="pk_fact"),
        comment="What holds: projects, agreements, protection levels, data sets; every version is kept.",
    )
    op.create_index("ix_fact_kind_made", "fact", ["kind", "made"])
    op.create_table(
        "ingested_file",
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "sha256", name="pk_ingested_file"),
        comment="Files that were taken in, so that none is taken in twice.",
    )


def _work() -> None:
    """Long work."""
    op.create_table(
        "job",
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("ready_at", sa.String(27), nullable=False),
        sa.Column("queued_at", sa.String(27), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("result_ref", sa.String(300), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_job"),
        sa.UniqueConstraint("number", name="uq_job_number"),
        comment="Long work, waiting, being done or ended.",
    )
    op.create_index("ix_job_state_number", "job", ["state", "number"])


def _answers() -> None:
    """What was paid for and answered."""
    op.create_table(
        "spend",
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_spend"),
        comment="Answers that were paid for, once each, before a record was read.",
    )
    op.create_index("ix_spend_dataset", "spend", ["dataset"])
    op.create_table(
        "answer",
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("spec_id", sa.String(64), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_answer"),
        comment="Protected answers; one identity has one answer for the whole site.",
    )
    op.create_index("ix_answer_spec_id", "answer", ["spec_id"])


def _people() -> None:
    """People."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(64), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
        comment="People who may sign in.",
    )


def _names() -> None:
    """What makes a name readable."""
    op.create_table(
        "person_key",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_person_key_account"),
        sa.PrimaryKeyConstraint("account", name="pk_person_key"),
        comment="The key of a person's name; without it nobody can read the name, and their events name nobody.",
    )


def _guards() -> None:
    """What slows down whoever guesses."""
    op.create_table(
        "totp_used",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_totp_used_account"),
        sa.PrimaryKeyConstraint("account", "step", name="pk_totp_used"),
        comment="One-time codes that were used, so that none works twice.",
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
        comment="Failed sign-ins, for slowing down whoever guesses.",
    )


def _doors() -> None:
    """Who is signed in, and access tokens."""
    op.create_table(
        "session",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_session_account"),
        sa.PrimaryKeyConstraint("hash", name="pk_session"),
        comment="Who is signed in to the pages.",
    )
    op.create_index("ix_session_account", "session", ["account"])
    op.create_table(
        "token",
        sa.Column("jti", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_token_account"),
        sa.PrimaryKeyConstraint("jti", name="pk_token"),
        comment="Access tokens that were made; their text is nowhere.",
    )
    op.create_index("ix_token_account", "token", ["account"])
