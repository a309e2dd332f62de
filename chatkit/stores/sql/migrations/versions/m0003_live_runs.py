"""What live runs need: leases of threads, a log of what runs said, claims and signals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the six tables and their indexes."""
    schema = op.get_context().version_table_schema
    id_text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    op.create_table(
        "chatkit_processes",
        sa.Column("id", id_text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_processes_pkey"),
        schema=schema,
    )
    op.create_table(
        "chatkit_runs",
        sa.Column("id", id_text, nullable=False),
        sa.Column("owner", id_text, nullable=False),
        sa.Column("thread_id", id_text, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("process_id", id_text, nullable=False),
        sa.Column("begun", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("stop", sa.Boolean, nullable=False),
        sa.Column("request_id", id_text, nullable=True),
        sa.Column("digest", sa.Text, nullable=True),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("id", name="chatkit_runs_pkey"),
        schema=schema,
    )
    op.create_index("chatkit_runs_by_request", "chatkit_runs", ["owner", "request_id"], unique=True, schema=schema)
    op.create_index("chatkit_runs_by_end", "chatkit_runs", ["owner", "ended_at"], schema=schema)
    op.create_index("chatkit_runs_by_time", "chatkit_runs", ["opened_at"], schema=schema)
    op.create_table(
        "chatkit_leases",
        sa.Column("thread_id", id_text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("run_id", id_text, nullable=True),
        sa.PrimaryKeyConstraint("thread_id", name="chatkit_leases_pkey"),
        schema=schema,
    )
    op.create_table(
        "chatkit_run_events",
        sa.Column("run_id", id_text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("base", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "last", name="chatkit_run_events_pkey"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chatkit_run_claims",
        sa.Column("thread_id", id_text, nullable=False),
        sa.Column("item_id", id_text, nullable=False),
        sa.Column("claimant", id_text, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "item_id", name="chatkit_run_claims_pkey"),
        schema=schema,
    )
    op.create_table(
        "chatkit_signals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_signals_pkey"),
        schema=schema,
        sqlite_autoincrement=True,
    )
