"""Budgets, the frames questions were about, and signatures of witnesses."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what answers cost, what they were about, and who watches the record of use; no row is changed."""
    _budgets()
    _frames()
    _witnesses()


def _budgets() -> None:
    """What answers took from budgets; answers given before cost nothing and drew nothing."""
    op.add_column("spend", sa.Column("noise", sa.LargeBinary(), nullable=True))
    op.create_table(
        "cost",
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("budget", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("rho", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["spend.answer_id"], name="fk_cost_answer_id"),
        sa.PrimaryKeyConstraint("answer_id", "budget", "name", "period", name="pk_cost"),
        comment="What each answer took from whose budget; the sum of an account is what is spent of it.",
    )
    op.create_index("ix_cost_budget_name_period_rho", "cost", ["budget", "name", "period", "rho"])


def _frames() -> None:
    """Groups of people that questions were about."""
    op.create_table(
        "frame",
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("frame", sa.String(64), nullable=False),
        sa.Column("data_version", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "frame", "data_version", name="pk_frame"),
        sa.UniqueConstraint("dataset", "number", name="uq_frame_dataset_number"),
        comment="The groups of people that questions were about, each once; never an answer, nor who they are.",
    )


def _witnesses() -> None:
    """Who watches the record of use."""
    op.create_table(
        "cosignature",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"], name="fk_cosignature_size"),
        sa.PrimaryKeyConstraint("size", "witness", name="pk_cosignature"),
        comment="Signatures of those who watch the record of use, beside the signed root they saw.",
    )
