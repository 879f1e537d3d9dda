"""The tables of the ledger, the outbox and the journal; migrations/ builds exactly these."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from reaper.store.types import JsonColumn, MomentColumn, Number, ProseColumn, SpanColumn, WordsColumn

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _table(name: str, *parts: SchemaItem) -> Table:
    # utf8mb4_bin: names that differ in case are different names, as they are in SQLite and PostgreSQL.
    return Table(name, metadata, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")


tenants = _table(
    "tenants",
    Column("id", String(64), primary_key=True),
    Column("cloud", String(128), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("name", WordsColumn(255), nullable=False),
    Column("domain", WordsColumn(255), nullable=False),
    Column("tags", JsonColumn, nullable=False),
    Column("lease_id", String(64), nullable=False),  # the running one; older ones stay in `leases`
    Column("state", WordsColumn(32), nullable=False),
    Column("unfinished", WordsColumn(32)),
    Column("version", Integer, nullable=False),
    Column("hold_until", MomentColumn),
    Column("hold_reason", ProseColumn()),
    Column("hold_by", WordsColumn(255)),
    Column("protection", ProseColumn()),  # why the last census found it protected; no person's word
    Column("suspended_at", MomentColumn),
    Column("reclaiming_at", MomentColumn),
    Column("archived_at", MomentColumn),  # its servers are kept as images, in the running reclaim
    Column("emptied_at", MomentColumn),  # it was verified empty, in the running reclaim
    Column("reclaimed_at", MomentColumn),
    Column("vanished_at", MomentColumn),
    Column("halted_at", MomentColumn),  # since then its next step may not be taken
    Column("taken_at", MomentColumn),  # last begin of a suspension or a reclaim; a renewal does not clear it
    Column("memory", JsonColumn, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("blocker", ProseColumn()),
    Column("retry_at", MomentColumn),
    Column("quarantined_from", WordsColumn(32)),
    Column("quarantine_cause", WordsColumn(32)),
    Column("quarantine_reason", ProseColumn()),
    Column("next_due_at", MomentColumn),  # NULL: not before something happens to it
    Column("decided_under", WordsColumn(32), nullable=False),
    Column("last_seen_at", MomentColumn),
    UniqueConstraint("cloud", "project_id"),
    Index(None, "cloud", "name"),
    Index(None, "project_id"),
    Index(None, "next_due_at", "id"),
    Index(None, "taken_at"),
)

leases = _table(
    "leases",
    Column("id", String(64), primary_key=True),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("policy", WordsColumn(255), nullable=False),
    Column("started_at", MomentColumn, nullable=False),
    Column("expires_at", MomentColumn, nullable=False),
    Column("terms", JsonColumn, nullable=False),  # as copied from the policy, durations in seconds
    Column("renewals", Integer, nullable=False),
    Column("arming", Integer, nullable=False),
    Column("away_until", MomentColumn),  # said once: its people are away
    Column("given_back_at", MomentColumn),  # said on its page: take it back now
    Index(None, "tenant_id"),
    Index(None, "policy"),
)

people = _table(
    "people",
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(64), primary_key=True),  # of the address, or of the user where there is none
    Column("user_id", WordsColumn(255), nullable=False),
    Column("name", WordsColumn(255), nullable=False),
    Column("email", WordsColumn(320)),
    Column("roles", JsonColumn, nullable=False),
    Column("language", WordsColumn(32)),
    Column("enabled", Boolean, nullable=False),
    Column("missing_since", MomentColumn),  # since then Keystone has named nobody who can be reached
    Index(None, "email"),
)

letters = _table(
    "letters",
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE")),  # NULL: about no single tenant
    Column("lease_id", String(64), nullable=False),
    Column("arming", Integer, nullable=False),
    Column("kind", WordsColumn(32), nullable=False),
    Column("before_us", SpanColumn),
    Column("once", String(191)),  # what may stand here only once; NULL where a letter may be repeated
    Column("message_id", String(255), nullable=False),
    Column("state", WordsColumn(32), nullable=False),
    Column("queued_at", MomentColumn, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_at", MomentColumn),
    Column("claimed_by", WordsColumn(255)),  # which process; see `Outbox.release`
    Column("next_attempt_at", MomentColumn),  # NULL: settled, so that the queue is as small as what is in it
    Column("accepted_at", MomentColumn),
    Column("told_at", MomentColumn),
    Column("answer", ProseColumn(), nullable=False),
    Column("recipients", JsonColumn, nullable=False),
    Column("lost", JsonColumn, nullable=False),
    Column("bundle", String(64)),  # under which name it was sent together with others; kept for what comes back
    Column("apart_at", MomentColumn),  # since then it goes by itself
    Column("asked", Integer, nullable=False, server_default="0"),  # how often "later" was said of its addresses
    Column("asked_since", MomentColumn),
    UniqueConstraint("id"),
    UniqueConstraint("once"),
    Index(None, "tenant_id"),
    Index(None, "lease_id"),
    Index(None, "next_attempt_at"),
    Index(None, "accepted_at"),
    Index(None, "bundle"),
    Index(None, "state", "queued_at"),
)

events = _table(
    "events",
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("at", MomentColumn, nullable=False),
    Column("what", WordsColumn(64), nullable=False),
    Column("text", ProseColumn(), nullable=False),
    Column("by_whom", WordsColumn(255), nullable=False),
    Index(None, "tenant_id", "number"),
    Index(None, "at"),
)

steps = _table(
    "steps",
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("lease_id", String(64), nullable=False),
    Column("region", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("resource_id", String(255), nullable=False),
    Column("name", WordsColumn(255), nullable=False),
    Column("project_id", String(64)),
    Column("status", WordsColumn(64), nullable=False),
    Column("facts", JsonColumn, nullable=False),
    Column("planned_at", MomentColumn, nullable=False),
    Column("asked_at", MomentColumn),
    Column("gone_at", MomentColumn),
    Column("attempts", Integer, nullable=False),
    Column("answer", ProseColumn(), nullable=False),
    UniqueConstraint("lease_id", "region", "kind", "resource_id"),
    Index(None, "tenant_id"),
)

archives = _table(
    "archives",
    Column("id", String(64), primary_key=True),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("lease_id", String(64), nullable=False),
    Column("region", String(128), nullable=False),
    Column("server_id", String(64), nullable=False),
    Column("server_name", WordsColumn(255), nullable=False),
    Column("begun_at", MomentColumn, nullable=False),  # which reclaim it was made for
    Column("asked_at", MomentColumn, nullable=False),
    Column("kept_until", MomentColumn, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", WordsColumn(32), nullable=False),
    Column("image_id", String(64)),
    Column("size", BigInteger),
    Column("why", ProseColumn(), nullable=False),
    Column("consented_by", WordsColumn(255)),
    UniqueConstraint("tenant_id", "server_id", "begun_at", "attempt"),
    Index(None, "kept_until"),
)

idle_things = _table(
    "idle_things",
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("tenant_id", String(64), ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("region", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("resource_id", String(255), nullable=False),
    Column("rule", String(191), nullable=False),  # all that it says: written otherwise it is another rule
    Column("manner", WordsColumn(32), nullable=False),  # unattached, stopped, older
    Column("lasts_us", SpanColumn, nullable=False),
    Column("notice_us", SpanColumn, nullable=False),
    Column("name", WordsColumn(255), nullable=False),
    Column("project_id", String(64)),
    Column("status", WordsColumn(64), nullable=False),
    Column("facts", JsonColumn, nullable=False),
    Column("since", MomentColumn, nullable=False),
    Column("seen_at", MomentColumn, nullable=False),
    Column("along", JsonColumn, nullable=False),  # what its people were told goes with it
    Column("letter_id", String(64)),  # the warning that it waits for
    Column("asked_at", MomentColumn),  # written before it is asked to go
    Column("answer", ProseColumn(), nullable=False),
    Column("absent_at", MomentColumn),  # asked to go, and not shown by one listing
    Column("gone_at", MomentColumn),
    Column("receipt_id", String(64)),  # the letter that says so
    UniqueConstraint("tenant_id", "region", "kind", "resource_id", "rule", name="uq_idle_things_thing"),
    Index(None, "letter_id"),
    Index(None, "receipt_id"),
)

facts = _table(
    "facts",
    Column("name", String(255), primary_key=True),
    Column("value", ProseColumn(), nullable=False),
)

censuses = _table(
    "censuses",
    Column("cloud", String(128), primary_key=True),
    Column("at", MomentColumn, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("why", ProseColumn(), nullable=False),
    Column("projects", Integer, nullable=False),
    Column("complete_at", MomentColumn),
    Column("complete_projects", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("measured_people", Integer, nullable=False),
    Column("previous_projects", Integer, nullable=False),
)
