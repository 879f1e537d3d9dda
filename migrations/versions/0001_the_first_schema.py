"""The first schema: tenants, leases, people, letters, events, steps, archives, idle things, facts and censuses.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0001"
down_revision = None
branch_labels = depends_on = None

# A migration is a fact of the past: it takes nothing from the models, which go on changing.
_MOMENT = sa.String(27).with_variant(postgresql.VARCHAR(27, collation="C"), "postgresql")
_JSON = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    first = (_tenants, _leases, _people, _letters, _events)
    for build in (*first, _steps, _archives, _idle_things, _facts):
        build()
    _censuses()


def downgrade() -> None:
    earlier = ("archives", "steps", "events", "letters", "people", "leases", "tenants")
    for table in ("censuses", "facts", "idle_things", *earlier):
        op.drop_table(table)


def _tenants() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("cloud", sa.String(128), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("lease_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("unfinished", sa.String(32)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hold_until", _MOMENT),
        sa.Column("hold_reason", sa.Text()),
        sa.Column("hold_by", sa.String(255)),
        sa.Column("protection", sa.Text()),
        sa.Column("suspended_at", _MOMENT),
        sa.Column("reclaiming_at", _MOMENT),
        sa.Column("archived_at", _MOMENT),
        sa.Column("emptied_at", _MOMENT),
        sa.Column("reclaimed_at", _MOMENT),
        sa.Column("vanished_at", _MOMENT),
        sa.Column("halted_at", _MOMENT),
        sa.Column("taken_at", _MOMENT),
        sa.Column("memory", _JSON, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocker", sa.Text()),
        sa.Column("retry_at", _MOMENT),
        sa.Column("quarantined_from", sa.String(32)),
        sa.Column("quarantine_cause", sa.String(32)),
        sa.Column("quarantine_reason", sa.Text()),
        sa.Column("next_due_at", _MOMENT),
        sa.Column("decided_under", sa.String(32), nullable=False),
        sa.Column("last_seen_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("cloud", "project_id", name="uq_tenants_cloud_project_id"),
        **_OPTIONS,
    )
    op.create_index("ix_tenants_cloud_name", "tenants", ["cloud", "name"])
    op.create_index("ix_tenants_next_due_at_id", "tenants", ["next_due_at", "id"])
    op.create_index("ix_tenants_project_id", "tenants", ["project_id"])
    op.create_index("ix_tenants_taken_at", "tenants", ["taken_at"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("policy", sa.String(255), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("terms", _JSON, nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("arming", sa.Integer(), nullable=False),
        sa.Column("away_until", _MOMENT),
        sa.Column("given_back_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_leases"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_leases_tenant_id", ondelete="CASCADE"),
        **_OPTIONS,
    )
    op.create_index("ix_leases_policy", "leases", ["policy"])
    op.create_index("ix_leases_tenant_id", "leases", ["tenant_id"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("roles", _JSON, nullable=False),
        sa.Column("language", sa.String(32)),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("missing_since", _MOMENT),
        sa.PrimaryKeyConstraint("tenant_id", "key", name="pk_people"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_people_tenant_id", ondelete="CASCADE"),
        **_OPTIONS,
    )
    op.create_index("ix_people_email", "people", ["email"])


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64)),
        sa.Column("lease_id", sa.String(64), nullable=False),
        sa.Column("arming", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("before_us", sa.BigInteger()),
        sa.Column("once", sa.String(191)),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("queued_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", _MOMENT),
        sa.Column("claimed_by", sa.String(255)),
        sa.Column("next_attempt_at", _MOMENT),
        sa.Column("accepted_at", _MOMENT),
        sa.Column("told_at", _MOMENT),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("recipients", _JSON, nullable=False),
        sa.Column("lost", _JSON, nullable=False),
        sa.Column("bundle", sa.String(64)),
        sa.Column("apart_at", _MOMENT),
        sa.Column("asked", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("asked_since", _MOMENT),
        sa.PrimaryKeyConstraint("number", name="pk_letters"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_letters_tenant_id", ondelete="CASCADE"),
        sa.UniqueConstraint("id", name="uq_letters_id"),
        sa.UniqueConstraint("once", name="uq_letters_once"),
        **_OPTIONS,
    )
    op.create_index("ix_letters_accepted_at", "letters", ["accepted_at"])
    op.create_index("ix_letters_bundle", "letters", ["bundle"])
    op.create_index("ix_letters_lease_id", "letters", ["lease_id"])
    op.create_index("ix_letters_next_attempt_at", "letters", ["next_attempt_at"])
    op.create_index("ix_letters_state_queued_at", "letters", ["state", "queued_at"])
    op.create_index("ix_letters_tenant_id", "letters", ["tenant_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_events_tenant_id", ondelete="CASCADE"),
        **_OPTIONS,
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_tenant_id_number", "events", ["tenant_id", "number"])


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("lease_id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("project_id", sa.String(64)),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("asked_at", _MOMENT),
        sa.Column("gone_at", _MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_steps"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_steps_tenant_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "lease_id", "region", "kind", "resource_id", name="uq_steps_lease_id_region_kind_resource_id"
        ),
        **_OPTIONS,
    )
    op.create_index("ix_steps_tenant_id", "steps", ["tenant_id"])


def _archives() -> None:
    op.create_table(
        "archives",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("lease_id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(128), nullable=False),
        sa.Column("server_id", sa.String(64), nullable=False),
        sa.Column("server_name", sa.String(255), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("kept_until", _MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("image_id", sa.String(64)),
        sa.Column("size", sa.BigInteger()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("consented_by", sa.String(255)),
        sa.PrimaryKeyConstraint("id", name="pk_archives"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_archives_tenant_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "tenant_id", "server_id", "begun_at", "attempt", name="uq_archives_tenant_id_server_id_begun_at_attempt"
        ),
        **_OPTIONS,
    )
    op.create_index("ix_archives_kept_until", "archives", ["kept_until"])


def _idle_things() -> None:
    op.create_table(
        "idle_things",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.String(255), nullable=False),
        sa.Column("rule", sa.String(191), nullable=False),
        sa.Column("manner", sa.String(32), nullable=False),
        sa.Column("lasts_us", sa.BigInteger(), nullable=False),
        sa.Column("notice_us", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("project_id", sa.String(64)),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("along", _JSON, nullable=False),
        sa.Column("letter_id", sa.String(64)),
        sa.Column("asked_at", _MOMENT),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("absent_at", _MOMENT),
        sa.Column("gone_at", _MOMENT),
        sa.Column("receipt_id", sa.String(64)),
        sa.PrimaryKeyConstraint("number", name="pk_idle_things"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_idle_things_tenant_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "region", "kind", "resource_id", "rule", name="uq_idle_things_thing"),
        **_OPTIONS,
    )
    op.create_index("ix_idle_things_letter_id", "idle_things", ["letter_id"])
    op.create_index("ix_idle_things_receipt_id", "idle_things", ["receipt_id"])


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
        **_OPTIONS,
    )


def _censuses() -> None:
    op.create_table(
        "censuses",
        sa.Column("cloud", sa.String(128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("complete_at", _MOMENT),
        sa.Column("complete_projects", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("measured_people", sa.Integer(), nullable=False),
        sa.Column("previous_projects", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cloud", name="pk_censuses"),
        **_OPTIONS,
    )
