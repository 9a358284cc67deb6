"""The first schema: tables, the engine's own tables, roles, and row-level security for every tenant table.

Two roles without login: `gateway_app` works inside one tenant, `gateway_ops` finds accounts and due work across
tenants and may read little else. The login role takes one of them on in each transaction (store/session.py).
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "sender",
    "api_key",
    "sftp_account",
    "desk_user",
    "desk_session",
    "recipient",
    "rule",
    "submission",
    "document",
    "delivery",
    "artefact",
    "event",
    "notice",
)
# What the operations role may read: never contents, only what finds an account or a piece of work.
READ_ACROSS = {
    "api_key": "tenant, id, sender_id, prefix, hash, expires_at, revoked_at",
    "sftp_account": "tenant, id, sender_id, username, password_hash, public_keys, disabled_at",
    "desk_user": "tenant, id, email, name, password_hash, role, disabled_at",
    "desk_session": "tenant, token_hash, user_id, expires_at",
    "sender": "tenant, id, name",
    "submission": "tenant, id, door, state, lease_until, received_at, answered_at",
    "document": "tenant, id, processing, lease_until, received_at",
    "delivery": (
        "tenant, id, channel, key, reference, state, file_name, destination, next_attempt_at, lease_until, asked_at,"
        " quiet_at, late_at, created_at"
    ),
}
# Sub-select: computed once a statement and used as an index condition. nullif: the setting reads '' after its first
# use on a connection.
OWN_TENANT = "tenant = (select nullif(current_setting('gateway.tenant', true), '')::uuid)"


def _create_role(name: str) -> None:
    op.execute(
        f"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{name}') then
                create role {name} nologin nosuperuser nobypassrls;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """
    )
    op.execute(f"grant {name} to current_user")
    op.execute(f"do $$ begin execute format('grant usage on schema %I to {name}', current_schema()); end $$")


def _secure(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy own_tenant on {table} to gateway_app using ({OWN_TENANT}) with check ({OWN_TENANT})")
    # Events and artefacts are append-only: what happened is never rewritten.
    rights = "select, insert" if table in ("event", "artefact", "notice") else "select, insert, update, delete"
    op.execute(f"grant {rights} on {table} to gateway_app")
    if table in READ_ACROSS:
        op.execute(f"create policy across on {table} for select to gateway_ops using (true)")
        op.execute(f"grant select ({READ_ACROSS[table]}) on {table} to gateway_ops")


def _secure_tenants() -> None:
    """A tenant sees its own name alone: that another one uses this installation is nobody's business."""
    own = OWN_TENANT.replace("tenant =", "id =")
    op.execute("alter table tenant enable row level security")
    op.execute("alter table tenant force row level security")
    op.execute(f"create policy own_tenant on tenant to gateway_app using ({own}) with check ({own})")
    op.execute("create policy across on tenant for select to gateway_ops using (true)")
    op.execute("grant select, insert, update on tenant to gateway_app")
    op.execute("grant select on tenant to gateway_ops")


def _engine_tables() -> None:
    op.execute(sa.text(SchemaManager.get_schema().replace(":", r"\:")))
    for role in ("gateway_app", "gateway_ops"):
        op.execute(
            f"""
            do $$ declare one record; begin
                for one in select tablename from pg_tables
                           where schemaname = current_schema() and tablename like 'procrastinate%' loop
                    execute format('grant select, insert, update, delete on %I to {role}', one.tablename);
                end loop;
                for one in select sequencename from pg_sequences
                           where schemaname = current_schema() and sequencename like 'procrastinate%' loop
                    execute format('grant usage on sequence %I to {role}', one.sequencename);
                end loop;
            end $$
            """
        )


def upgrade() -> None:
    _create_role("gateway_app")
    _create_role("gateway_ops")
    _create_tables()
    _engine_tables()
    for table in TENANT_TABLES:
        _secure(table)
    _secure_tenants()
    op.execute("grant select, insert, update, delete on breaker, file_name_ledger, stray_notice to gateway_app")
    op.execute("grant select, insert, update, delete on breaker, stray_notice to gateway_ops")
    op.execute("grant select on alembic_version to gateway_app, gateway_ops")


def _create_tables() -> None:
    op.create_table(
        "breaker",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "destination"),
    )
    op.create_table(
        "file_name_ledger",
        sa.Column("transmitter", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("transmitter"),
    )
    op.create_table(
        "stray_notice",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key"),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "artefact",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("artefact_document", "artefact", ["tenant", "document_id"], unique=False)
    op.create_index("artefact_sha256", "artefact", ["tenant", "sha256"], unique=False)
    op.create_index("artefact_submission", "artefact", ["tenant", "submission_id"], unique=False)
    op.create_table(
        "desk_user",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "email"),
    )
    op.create_index("desk_user_email", "desk_user", ["email"], unique=False)
    op.create_table(
        "event",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("axis", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "sequence"),
        sa.UniqueConstraint("tenant", "id"),
    )
    op.create_index("event_document", "event", ["tenant", "document_id", "sequence"], unique=False)
    op.create_index("event_submission", "event", ["tenant", "submission_id", "sequence"], unique=False)
    op.create_table(
        "notice",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "channel", "key"),
    )
    op.create_table(
        "recipient",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "reference"),
    )
    op.create_index("recipient_keys", "recipient", ["keys"], unique=False, postgresql_using="gin")
    op.create_table(
        "rule",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "name"),
        sa.UniqueConstraint("tenant", "position", deferrable=True, initially="DEFERRED"),
    )
    op.create_table(
        "sender",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "name"),
    )
    op.create_table(
        "api_key",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "sender_id"],
            ["sender.tenant", "sender.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "prefix"),
    )
    op.create_index("api_key_prefix", "api_key", ["prefix"], unique=False)
    op.create_table(
        "desk_session",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "user_id"],
            ["desk_user.tenant", "desk_user.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "token_hash"),
    )
    op.create_table(
        "sftp_account",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("public_keys", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "sender_id"],
            ["sender.tenant", "sender.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "username"),
    )
    op.create_index("sftp_account_username", "sftp_account", ["username"], unique=False)
    op.create_table(
        "submission",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "sender_id"],
            ["sender.tenant", "sender.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index(
        "submission_bytes_once",
        "submission",
        ["tenant", "sender_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("state <> 'duplicate'"),
    )
    op.create_index(
        "submission_key_once",
        "submission",
        ["tenant", "sender_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index("submission_recent", "submission", ["tenant", "received_at", "id"], unique=False)
    op.create_index(
        "submission_unanswered",
        "submission",
        ["door", "tenant", "received_at"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL AND state <> 'received'"),
    )
    op.create_index(
        "submission_waiting",
        "submission",
        ["tenant", "received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "document",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("type_code", sa.String(), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("amount_due", sa.Numeric(), nullable=True),
        sa.Column("seller_name", sa.String(), nullable=True),
        sa.Column("buyer_name", sa.String(), nullable=True),
        sa.Column("buyer_country", sa.String(), nullable=True),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("canonical_sha256", sa.String(), nullable=True),
        sa.Column("profile", sa.String(), nullable=True),
        sa.Column("rule_set", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("processing", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("payment", sa.String(), nullable=False),
        sa.Column("legal", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("routes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "submission_id"],
            ["submission.tenant", "submission.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "public_id"),
        sa.UniqueConstraint("tenant", "submission_id", "position"),
    )
    op.create_index("document_headline", "document", ["tenant", "headline", "received_at", "id"], unique=False)
    op.create_index("document_identity", "document", ["tenant", "identity"], unique=False)
    op.create_index("document_number", "document", ["tenant", "number"], unique=False)
    op.create_index(
        "document_once",
        "document",
        ["tenant", "identity"],
        unique=True,
        postgresql_where=sa.text(
            "identity IS NOT NULL AND processing NOT IN ('duplicate','superseded','cancelled','invalid','quarantined')"
        ),
    )
    op.create_index("document_recent", "document", ["tenant", "received_at", "id"], unique=False)
    op.create_index(
        "document_waiting",
        "document",
        ["tenant", "received_at"],
        unique=False,
        postgresql_where=sa.text("processing = 'checked'"),
    )
    op.create_table(
        "delivery",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("parcel_sha256", sa.String(), nullable=False),
        sa.Column("parcel_media_type", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["document.tenant", "document.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "channel", "key"),
        sa.UniqueConstraint("tenant", "document_id", "step"),
    )
    op.create_index(
        "delivery_awaiting",
        "delivery",
        ["tenant", "channel", "asked_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('handed_over','in_transit','outcome_unknown','delivered_unconfirmed')"),
    )
    op.create_index(
        "delivery_due",
        "delivery",
        ["tenant", "channel", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued','retry_scheduled')"),
    )
    op.create_index("delivery_key", "delivery", ["channel", "key"], unique=False)
    op.create_index(
        "delivery_leased", "delivery", ["lease_until"], unique=False, postgresql_where=sa.text("state = 'dispatching'")
    )
    op.create_index("delivery_reference", "delivery", ["channel", "reference"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the first schema is not taken back: drop the database instead")
