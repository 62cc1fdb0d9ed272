"""The life of a budget: its changes, what came back, the thread and the files; transactions nobody may rewrite."""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RULES = (
    ("budget_entries", "UPDATE", 'OF id, budget_id, line_id, what, amount, at, "by", modification_id, change_id, reverses_id'),
    ("budget_entries", "DELETE", ""),
    ("comments", "UPDATE", ""),
    ("comments", "DELETE", ""),
)
EXPORTED = """UPDATE budgets SET exported_at = (
    SELECT min(exchanges.created_at) FROM exchanges JOIN items ON items.id = exchanges.item_id
    WHERE items.kind = 'budget' AND items.document_id = budgets.id)"""


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_attachments_added_by_users")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_attachments_document_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index("ix_attachments_document", ["document_id", "id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_comments_author_id_users")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_comments_document_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_document", ["document_id", "id"], unique=False)

    op.create_table(
        "job_cost_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("estimate_at", Instant(), nullable=True),
        sa.Column("report_at", Instant(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("report_total", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_job_cost_readings_connection_id_connections")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_job_cost_readings_project_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_cost_readings")),
        sa.UniqueConstraint("connection_id", "project_id", name=op.f("uq_job_cost_readings_connection_id_project_id")),
    )
    op.create_table(
        "job_costs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("erp_item_id", sa.String(length=255), nullable=False),
        sa.Column("erp_item_name", sa.String(length=255), nullable=False),
        sa.Column("estimate_read", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("job_to_date", sa.BigInteger(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["code_id"], ["documents.id"], name=op.f("fk_job_costs_code_id_documents")),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_job_costs_connection_id_connections")),
        sa.ForeignKeyConstraint(["project_id"], ["documents.id"], name=op.f("fk_job_costs_project_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_costs")),
        sa.UniqueConstraint(
            "connection_id", "project_id", "erp_item_id", name=op.f("uq_job_costs_connection_id_project_id_erp_item_id")
        ),
    )
    with op.batch_alter_table("job_costs", schema=None) as batch_op:
        batch_op.create_index("ix_job_costs_code", ["connection_id", "project_id", "code_id"], unique=False)

    op.create_table(
        "budget_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("number_key", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_changes_budget_id_budgets")),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_budget_changes_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_changes")),
        sa.UniqueConstraint("budget_id", "number_key", name=op.f("uq_budget_changes_budget_id_number_key")),
    )
    with op.batch_alter_table("budget_changes", schema=None) as batch_op:
        batch_op.create_index("ix_budget_changes_state", ["budget_id", "state"], unique=False)

    op.create_table(
        "budget_modifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_modifications_budget_id_budgets")),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_budget_modifications_by_users")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["budget_modifications.id"], name=op.f("fk_budget_modifications_reverses_id_budget_modifications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_modifications")),
        sa.UniqueConstraint("budget_id", "number", name=op.f("uq_budget_modifications_budget_id_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_budget_modifications_reverses_id")),
    )
    op.create_table(
        "budget_change_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["budget_changes.id"], name=op.f("fk_budget_change_lines_change_id_budget_changes")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["budget_lines.id"], name=op.f("fk_budget_change_lines_line_id_budget_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_change_lines")),
        sa.UniqueConstraint("change_id", "line_id", name=op.f("uq_budget_change_lines_change_id_line_id")),
    )
    with op.batch_alter_table("budget_change_lines", schema=None) as batch_op:
        batch_op.create_index("ix_budget_change_lines_line", ["line_id"], unique=False)

    with op.batch_alter_table("budget_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("modification_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("change_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reverses_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_budget_entries_change", ["change_id"], unique=False)
        batch_op.create_index("ix_budget_entries_modification", ["modification_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_budget_entries_reverses_id"), ["reverses_id"])
        batch_op.create_foreign_key(batch_op.f("fk_budget_entries_by_users"), "users", ["by"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_budget_entries_change_id_budget_changes"), "budget_changes", ["change_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_budget_entries_modification_id_budget_modifications"),
            "budget_modifications",
            ["modification_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_budget_entries_reverses_id_budget_entries"), "budget_entries", ["reverses_id"], ["id"]
        )

    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forecast", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("budgets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("exported_at", Instant(), nullable=True))

    op.execute(EXPORTED)
    for table, verb, columns in RULES:
        op.execute(trigger(table, verb, columns))


def trigger(table, verb, columns):
    """The statement that lets the database refuse the change."""
    start = f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} {columns} ON {table}"
    if op.get_bind().dialect.name == "postgresql":
        return f"{start} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    return f"{start} BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"


def downgrade() -> None:
    for table, verb, _ in RULES:
        on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}{on}")
    with op.batch_alter_table("budgets", schema=None) as batch_op:
        batch_op.drop_column("exported_at")

    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.drop_column("forecast")

    with op.batch_alter_table("budget_entries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_budget_entries_reverses_id_budget_entries"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_budget_entries_modification_id_budget_modifications"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_budget_entries_change_id_budget_changes"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_budget_entries_by_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_budget_entries_reverses_id"), type_="unique")
        batch_op.drop_index("ix_budget_entries_modification")
        batch_op.drop_index("ix_budget_entries_change")
        batch_op.drop_column("reverses_id")
        batch_op.drop_column("change_id")
        batch_op.drop_column("modification_id")
        batch_op.drop_column("by")

    with op.batch_alter_table("budget_change_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_budget_change_lines_line")

    op.drop_table("budget_change_lines")
    op.drop_table("budget_modifications")
    with op.batch_alter_table("budget_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_budget_changes_state")

    op.drop_table("budget_changes")
    with op.batch_alter_table("job_costs", schema=None) as batch_op:
        batch_op.drop_index("ix_job_costs_code")

    op.drop_table("job_costs")
    op.drop_table("job_cost_readings")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_document")

    op.drop_table("comments")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index("ix_attachments_document")

    op.drop_table("attachments")
