"""first tables"""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(length=255), nullable=False),
        sa.Column("message_key", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("hresult", sa.String(length=255), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_answers_unapplied",
            ["ticket"],
            unique=False,
            sqlite_where=sa.text("applied IS NULL"),
            postgresql_where=sa.text("applied IS NULL"),
        )

    op.create_table(
        "connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("base_url", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("file_id", sa.String(length=255), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_table(
        "counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("filter", sa.String(length=255), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
        sa.UniqueConstraint("connection_id", "kind", "filter", name=op.f("uq_counts_connection_id_kind_filter")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("session_key", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(length=255), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_table(
        "approver_grid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("can_import", sa.Boolean(), nullable=False),
        sa.Column("can_export", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_approver_grid_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approver_grid")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_approver_grid_user_id_kind")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_documents_created_by_users")),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_documents_project_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_project", ["project_id", "kind"], unique=False)
        batch_op.create_index(
            "uq_documents_budget",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'budget'"),
            postgresql_where=sa.text("kind = 'budget'"),
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("action", sa.String(length=255), nullable=False),
        sa.Column("frm", sa.String(length=255), nullable=False),
        sa.Column("to", sa.String(length=255), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("exchange_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("subject", "version", name=op.f("uq_events_subject_version")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_subject", ["subject", "id"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=255), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_schedules_connection_id_connections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("connection_id", "list", name=op.f("uq_schedules_connection_id_list")),
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_budgets_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
    )
    op.create_table(
        "cost_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=255), nullable=False),
        sa.Column("is_division", sa.Boolean(), nullable=False),
        sa.Column("division_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["division_id"], ["cost_codes.id"], name=op.f("fk_cost_codes_division_id_cost_codes")),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_cost_codes_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_codes")),
    )
    with op.batch_alter_table("cost_codes", schema=None) as batch_op:
        batch_op.create_index("ix_cost_codes_division", ["division_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("tool", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_grants_project_id_documents")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("user_id", "tool", "project_id", name=op.f("uq_grants_user_id_tool_project_id")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(
            "uq_grants_company",
            ["user_id", "tool"],
            unique=True,
            sqlite_where=sa.text("project_id IS NULL"),
            postgresql_where=sa.text("project_id IS NULL"),
        )

    op.create_table(
        "items",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("in_erp", sa.Boolean(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("erp_id", sa.String(length=255), nullable=False),
        sa.Column("erp_name", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("filter", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["users.id"], name=op.f("fk_items_accepted_by_users")),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_items_connection_id_connections")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_items_created_by_users")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_items_document_id_documents")),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_items_project_id_documents")),
        sa.ForeignKeyConstraint(["sent_by"], ["users.id"], name=op.f("fk_items_sent_by_users")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_items_snapshot_id_snapshots"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("connection_id", "document_id", name=op.f("uq_items_connection_id_document_id")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_list", ["connection_id", "kind", "filter", "changed_at", "id"], unique=False)
        batch_op.create_index(
            "uq_items_erp",
            ["connection_id", "kind", "erp_id"],
            unique=True,
            sqlite_where=sa.text("erp_id != ''"),
            postgresql_where=sa.text("erp_id != ''"),
        )

    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_mails_event_id_events")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_mails_key")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index("ix_mails_due", ["state", "next_at"], unique=False)

    op.create_table(
        "privileges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["granted_by"], ["users.id"], name=op.f("fk_privileges_granted_by_users")),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_privileges_project_id_documents")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_privileges_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privileges")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("street", sa.String(length=255), nullable=False),
        sa.Column("street2", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=False),
        sa.Column("region", sa.String(length=255), nullable=False),
        sa.Column("postal_code", sa.String(length=255), nullable=False),
        sa.Column("wished_customer", sa.String(length=255), nullable=False),
        sa.Column("erp_integrated", sa.Boolean(), nullable=False),
        sa.Column("tools", sa.JSON(), nullable=False),
        sa.Column("approver_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_projects_connection_id_connections")),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_projects_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_uploads_project_id_documents")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_uploads_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index("ix_uploads_user", ["user_id", "id"], unique=False)

    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("cost_type", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("original", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_lines_budget_id_budgets")),
        sa.ForeignKeyConstraint(["code_id"], ["cost_codes.id"], name=op.f("fk_budget_lines_code_id_cost_codes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("budget_id", "code_id", "cost_type", name=op.f("uq_budget_lines_budget_id_code_id_cost_type")),
    )
    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.create_index("ix_budget_lines_position", ["budget_id", "position"], unique=False)

    op.create_table(
        "records",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=255), nullable=False),
        sa.Column("erp_id", sa.String(length=255), nullable=False),
        sa.Column("parent_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("full_name", sa.String(length=255), nullable=False),
        sa.Column("edit_sequence", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("filter", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_records_connection_id_connections")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_records_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("connection_id", "list", "erp_id", name=op.f("uq_records_connection_id_list_erp_id")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index("ix_records_name", ["connection_id", "list", "full_name"], unique=False)
        batch_op.create_index("ix_records_shown", ["connection_id", "kind", "filter", "full_name", "id"], unique=False)

    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("marker", sa.String(length=255), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("synced_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_snapshots_item_id_items")),
        sa.ForeignKeyConstraint(["sent_by"], ["users.id"], name=op.f("fk_snapshots_sent_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_snapshots_item_id_number")),
        sa.UniqueConstraint("marker", name=op.f("uq_snapshots_marker")),
    )
    op.create_table(
        "budget_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_entries_budget_id_budgets")),
        sa.ForeignKeyConstraint(["line_id"], ["budget_lines.id"], name=op.f("fk_budget_entries_line_id_budget_lines")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_budget_entries_snapshot_id_snapshots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_entries")),
    )
    with op.batch_alter_table("budget_entries", schema=None) as batch_op:
        batch_op.create_index("ix_budget_entries_budget", ["budget_id"], unique=False)
        batch_op.create_index("ix_budget_entries_line", ["line_id"], unique=False)

    op.create_table(
        "exchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("look", sa.Boolean(), nullable=False),
        sa.Column("memo", sa.JSON(), nullable=False),
        sa.Column("memo_ticket", sa.String(length=255), nullable=False),
        sa.Column("poison", sa.Integer(), nullable=False),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_exchanges_connection_id_connections")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_exchanges_item_id_items")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_exchanges_snapshot_id_snapshots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
    )
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.create_index("ix_exchanges_batch", ["batch"], unique=False)
        batch_op.create_index("ix_exchanges_due", ["connection_id", "state", "rank", "id"], unique=False)
        batch_op.create_index(
            "uq_exchanges_item",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person') AND item_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person') AND item_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_exchanges_subject",
            ["connection_id", "subject"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person')"),
            postgresql_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person')"),
        )

    op.create_table(
        "messages",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Integer(), nullable=True),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("memo", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("handed_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_messages_connection_id_connections")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name=op.f("fk_messages_exchange_id_exchanges")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_exchange", ["exchange_id"], unique=False)
        batch_op.create_index(
            "uq_messages_open_write",
            ["connection_id"],
            unique=True,
            sqlite_where=sa.text("writes AND settled_at IS NULL"),
            postgresql_where=sa.text("writes AND settled_at IS NULL"),
        )

    op.create_table(
        "sessions",
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("outstanding", sa.String(length=24), nullable=True),
        sa.Column("file_ok", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_sessions_connection_id_connections")),
        sa.ForeignKeyConstraint(["outstanding"], ["messages.key"], name=op.f("fk_sessions_outstanding_messages")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_sessions_open",
            ["connection_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sessions_open", sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")
        )

    op.drop_table("sessions")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_messages_open_write",
            sqlite_where=sa.text("writes AND settled_at IS NULL"),
            postgresql_where=sa.text("writes AND settled_at IS NULL"),
        )
        batch_op.drop_index("ix_messages_exchange")

    op.drop_table("messages")
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_exchanges_subject",
            sqlite_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person')"),
            postgresql_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person')"),
        )
        batch_op.drop_index(
            "uq_exchanges_item",
            sqlite_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person') AND item_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person') AND item_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_exchanges_due")
        batch_op.drop_index("ix_exchanges_batch")

    op.drop_table("exchanges")
    with op.batch_alter_table("budget_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_budget_entries_line")
        batch_op.drop_index("ix_budget_entries_budget")

    op.drop_table("budget_entries")
    op.drop_table("snapshots")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index("ix_records_shown")
        batch_op.drop_index("ix_records_name")

    op.drop_table("records")
    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_budget_lines_position")

    op.drop_table("budget_lines")
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_uploads_user")

    op.drop_table("uploads")
    op.drop_table("projects")
    op.drop_table("privileges")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_due")

    op.drop_table("mails")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("uq_items_erp", sqlite_where=sa.text("erp_id != ''"), postgresql_where=sa.text("erp_id != ''"))
        batch_op.drop_index("ix_items_list")

    op.drop_table("items")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grants_company", sqlite_where=sa.text("project_id IS NULL"), postgresql_where=sa.text("project_id IS NULL")
        )

    op.drop_table("grants")
    with op.batch_alter_table("cost_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_cost_codes_division")

    op.drop_table("cost_codes")
    op.drop_table("budgets")
    op.drop_table("schedules")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_subject")

    op.drop_table("events")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_documents_budget", sqlite_where=sa.text("kind = 'budget'"), postgresql_where=sa.text("kind = 'budget'")
        )
        batch_op.drop_index("ix_documents_project")

    op.drop_table("documents")
    op.drop_table("approver_grid")
    op.drop_table("users")
    op.drop_table("login_attempts")
    op.drop_table("counts")
    op.drop_table("connections")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_answers_unapplied", sqlite_where=sa.text("applied IS NULL"), postgresql_where=sa.text("applied IS NULL")
        )

    op.drop_table("answers")
