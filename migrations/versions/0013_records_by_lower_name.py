"""The lists of accounting's records are read whatever the capitals: their index is on the lower name."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = depends_on = None
COLUMNS = ("connection_id", "kind", "filter")


def upgrade() -> None:
    op.drop_index("ix_records_shown", "records")
    op.create_index("ix_records_shown", "records", [*COLUMNS, sa.text("lower(full_name)"), "id"])


def downgrade() -> None:
    op.drop_index("ix_records_shown", "records")
    op.create_index("ix_records_shown", "records", [*COLUMNS, "full_name", "id"])
