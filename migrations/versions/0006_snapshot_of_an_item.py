"""An item's snapshot is one that exists. SQLite cannot add the key without writing the table anew, so it does without."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "fk_items_snapshot_id_snapshots"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(NAME, "items", "snapshots", ["snapshot_id"], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(NAME, "items", type_="foreignkey")
