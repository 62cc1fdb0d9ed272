"""Default cost types; accounting by file and by hand: sub jobs, short names, costs per place, batches."""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SUB_JOB = sa.text("kind = 'sub_job'")
PLACE = ["budget_id", sa.text("coalesce(sub_job_id, 0)"), "code_id", "cost_type"]


def upgrade() -> None:
    op.create_table("default_cost_types", _key("code_id", "cost_codes"),
                    sa.Column("cost_type", sa.String(length=1), nullable=False),
                    sa.PrimaryKeyConstraint("code_id", "cost_type", name=op.f("pk_default_cost_types")))  # fmt: skip
    op.create_table("sub_jobs", _key("id", "documents"), sa.Column("active", sa.Boolean(), nullable=False),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_jobs")))  # fmt: skip
    op.create_index("uq_documents_sub_job", "documents", ["project_id", sa.text("lower(number)")], unique=True,
                    sqlite_where=SUB_JOB, postgresql_where=SUB_JOB)  # fmt: skip
    with op.batch_alter_table("budget_lines") as table:
        table.add_column(sa.Column("sub_job_id", sa.Integer(), nullable=True))
        table.drop_constraint(op.f("uq_budget_lines_budget_id_code_id_cost_type"), type_="unique")
        table.create_foreign_key(op.f("fk_budget_lines_sub_job_id_sub_jobs"), "sub_jobs", ["sub_job_id"], ["id"])
    op.create_index("ix_budget_lines_sub_job", "budget_lines", ["sub_job_id"])
    op.create_index("uq_budget_lines_place", "budget_lines", PLACE, unique=True)
    op.add_column("cost_codes", _short("short", server_default=""))
    with op.batch_alter_table("job_cost_readings") as table:
        table.add_column(_short("made_on", server_default=""))
    with op.batch_alter_table("job_costs") as table:
        table.add_column(_short("sub_job", server_default=""))
        table.add_column(_short("category", server_default=""))
        table.add_column(sa.Column("told", sa.JSON(), server_default="{}", nullable=False))
    _batches()


def downgrade() -> None:
    for name in ("batch_lines", "batch_papers", "batch_files", "batches"):
        op.drop_table(name)
    with op.batch_alter_table("job_costs") as table:
        for name in ("told", "category", "sub_job"):
            table.drop_column(name)
    with op.batch_alter_table("job_cost_readings") as table:
        table.drop_column("made_on")
    op.drop_column("cost_codes", "short")
    op.drop_index("uq_budget_lines_place", table_name="budget_lines")
    op.drop_index("ix_budget_lines_sub_job", table_name="budget_lines")
    with op.batch_alter_table("budget_lines") as table:
        table.drop_constraint(op.f("fk_budget_lines_sub_job_id_sub_jobs"), type_="foreignkey")
        table.drop_column("sub_job_id")
        table.create_unique_constraint(op.f("uq_budget_lines_budget_id_code_id_cost_type"), ["budget_id", "code_id", "cost_type"])
    op.drop_index("uq_documents_sub_job", table_name="documents")
    op.drop_table("sub_jobs")
    op.drop_table("default_cost_types")


def _batches() -> None:
    op.create_table(
        "batches", _key("connection_id", "connections"), _whole("number"), _short("job"), _json("totals"), _json("layouts"),
        *(_words(name) for name in ("reason", "folder", "problem")), _moment("created_at"), _maybe("laid_at"),
        _maybe("downloaded_at"), _by("downloaded_by"), _maybe("imported_at"), _by("imported_by"), _maybe("posted_at"),
        _by("posted_by"), _maybe("confirmed_at"), _by("follow_up_of", "batches"), _by("superseded_by", "batches"), _whole("id"),
        _short("kind"), _short("state"), sa.Column("filter", sa.String(length=255), nullable=True), _whole("version"),
        _moment("changed_at"), sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("connection_id", "number", name=op.f("uq_batches_connection_id_number")),
    )  # fmt: skip
    op.create_index("ix_batches_state", "batches", ["connection_id", "state"])
    op.create_table(
        "batch_files", _whole("id"), _key("batch_id", "batches"), _short("name"), _short("part"), _body(), _short("sha256"),
        _whole("size"), _whole("count"), _money("amount"), _whole("downloads"), sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_files")),
        sa.UniqueConstraint("batch_id", "name", name=op.f("uq_batch_files_batch_id_name")),
    )  # fmt: skip
    op.create_table(
        "batch_papers", _whole("id"), _key("batch_id", "batches"), _by("file_id", "batch_files"), _short("what"), _short("name"),
        _short("sha256"), _whole("size"), _body(), _key("added_by", "users"), _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_papers")),
        sa.UniqueConstraint("batch_id", "sha256", name=op.f("uq_batch_papers_batch_id_sha256")),
    )  # fmt: skip
    op.create_table(
        "batch_lines", _whole("id"), _key("file_id", "batch_files"), _whole("position"), _key("exchange_id", "exchanges"),
        *(_short(name) for name in ("record", "job", "extra", "code", "category")), _money("amount"), _words("text"), _short("state"),
        _words("reason"), sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_lines")),
    )  # fmt: skip
    op.create_index("ix_batch_lines_file", "batch_lines", ["file_id", "position"])
    op.create_index("ix_batch_lines_exchange", "batch_lines", ["exchange_id"])


def _key(name: str, of: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{of}.id"), nullable=False)


def _by(name: str, of: str = "users") -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{of}.id"), nullable=True)


def _whole(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _money(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _short(name: str, **more: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=255), nullable=False, **more)


def _words(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _json(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=False)


def _body() -> "sa.Column[bytes]":
    return sa.Column("body", sa.LargeBinary(), nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, Instant(), nullable=False)


def _maybe(name: str) -> "sa.Column[object]":
    return sa.Column(name, Instant(), nullable=True)
