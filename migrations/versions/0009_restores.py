"""Restores of the database, and what accounting was seen to have with markers of ours."""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("last_exchange", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_restores_connection_id_connections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restores")),
    )
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=255), nullable=False),
        sa.Column("erp_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("marker", sa.String(length=255), nullable=False),
        sa.Column("guid", sa.String(length=255), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_sightings_connection_id_connections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_marker", "sightings", ["connection_id", "marker"])
    op.create_index("ix_sightings_erp", "sightings", ["connection_id", "erp_id"])


def downgrade() -> None:
    op.drop_index("ix_sightings_erp", table_name="sightings")
    op.drop_index("ix_sightings_marker", table_name="sightings")
    op.drop_table("sightings")
    op.drop_table("restores")
