"""Small indexes for what every page of the desk asks: what is accepted, the newest click, the privileges of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ACCEPTED = sa.text("state = 'Accepted'")
CLICKED = sa.text("batch != ''")


def upgrade() -> None:
    op.create_index("ix_items_accepted", "items", ["connection_id", "kind", "state"], sqlite_where=ACCEPTED, postgresql_where=ACCEPTED)
    op.create_index("ix_exchanges_newest", "exchanges", ["connection_id", "kind", "id"], sqlite_where=CLICKED, postgresql_where=CLICKED)
    op.create_index("ix_privileges_user", "privileges", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_privileges_user", table_name="privileges")
    op.drop_index("ix_exchanges_newest", table_name="exchanges")
    op.drop_index("ix_items_accepted", table_name="items")
