"""The tables of live runs. All times are seconds since 1970 by the database's own clock."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from chatkit.stores.sql.text_types import id_text

__all__ = ["RunTables", "run_tables"]


@dataclass(frozen=True, slots=True)
class RunTables:
    """None refers to another by a constraint: what runs leave behind is swept, and nothing waits for it."""

    processes: Table
    """Processes that hold runs, and until when they count as alive."""
    runs: Table
    """`begun`: something was stored in it. `request_id` is None once the request may be made again."""
    leases: Table
    """By thread, the greatest number given out, and the run that has it, or None. Rows stay when their thread goes: a
    number is never given out twice."""
    events: Table
    claims: Table
    signals: Table
    """What was said to all processes lately, where the database has no way to say it (SQLite)."""


def run_tables(metadata: MetaData) -> RunTables:
    """The tables, made in `metadata`."""
    return RunTables(
        processes=Table(
            "chatkit_processes",
            metadata,
            Column("id", id_text, nullable=False),
            Column("expires_at", Double, nullable=False),
            PrimaryKeyConstraint("id", name="chatkit_processes_pkey"),
        ),
        runs=_runs(metadata),
        leases=Table(
            "chatkit_leases",
            metadata,
            Column("thread_id", id_text, nullable=False),
            Column("fence", BigInteger, nullable=False),
            Column("run_id", id_text, nullable=True),
            PrimaryKeyConstraint("thread_id", name="chatkit_leases_pkey"),
        ),
        events=Table(
            "chatkit_run_events",
            metadata,
            Column("run_id", id_text, nullable=False),
            Column("last", BigInteger, nullable=False),
            Column("first", BigInteger, nullable=False),
            Column("fence", BigInteger, nullable=False),
            Column("text", Text, nullable=False),
            Column("base", Boolean, nullable=False),
            PrimaryKeyConstraint("run_id", "last", name="chatkit_run_events_pkey"),
            sqlite_with_rowid=False,  # one tree instead of two
        ),
        claims=Table(
            "chatkit_run_claims",
            metadata,
            Column("thread_id", id_text, nullable=False),
            Column("item_id", id_text, nullable=False),
            Column("claimant", id_text, nullable=False),
            Column("until", Double, nullable=False),
            PrimaryKeyConstraint("thread_id", "item_id", name="chatkit_run_claims_pkey"),
        ),
        signals=Table(
            "chatkit_signals",
            metadata,
            Column("id", BigInteger().with_variant(Integer, "sqlite"), nullable=False, autoincrement=True),
            Column("text", Text, nullable=False),
            Column("created_at", Double, nullable=False),
            PrimaryKeyConstraint("id", name="chatkit_signals_pkey"),
            sqlite_autoincrement=True,  # an id is never given twice, also when the table was emptied
        ),
    )


def _runs(metadata: MetaData) -> Table:
    return Table(
        "chatkit_runs",
        metadata,
        Column("id", id_text, nullable=False),
        Column("owner", id_text, nullable=False),
        Column("thread_id", id_text, nullable=True),
        Column("fence", BigInteger, nullable=False),
        Column("process_id", id_text, nullable=False),
        Column("begun", Boolean, nullable=False),
        Column("outcome", Text, nullable=True),
        Column("stop", Boolean, nullable=False),
        Column("request_id", id_text, nullable=True),
        Column("digest", Text, nullable=True),
        Column("opened_at", Double, nullable=False),
        Column("ended_at", Double, nullable=True),
        PrimaryKeyConstraint("id", name="chatkit_runs_pkey"),
        Index("chatkit_runs_by_request", "owner", "request_id", unique=True),
        Index("chatkit_runs_by_end", "owner", "ended_at"),
        Index("chatkit_runs_by_time", "opened_at"),
    )
