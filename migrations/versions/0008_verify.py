"""Verifying: what was found of each item, the nightly check, and which snapshot stands in for which."""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("by_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("swept_at", Instant(), nullable=True),
        sa.Column("found_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_verifications_connection_id_connections")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_verifications_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_verifications")),
    )
    op.create_index("ix_verifications_state", "verifications", ["connection_id", "state"], unique=False)
    op.create_table(
        "night_checks",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=255), nullable=False),
        sa.Column("zone", sa.String(length=255), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_night_checks_connection_id_connections")),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_night_checks")),
    )
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instead_of", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_snapshots_instead_of_snapshots"), "snapshots", ["instead_of"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_snapshots_instead_of_snapshots"), type_="foreignkey")
        batch_op.drop_column("instead_of")
    op.drop_table("night_checks")
    op.drop_index("ix_verifications_state", table_name="verifications")
    op.drop_table("verifications")
