"""Companies of the Directory; every QuickBooks connection reads its vendors from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXTS = ("legal_name", "first_name", "last_name", "street", "street2", "city", "region", "postal_code", "phone", "fax", "email",
         "tax_id")  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=255), nullable=False) for name in TEXTS),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_companies_id_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    op.execute(  # Due at once, and counted as read: nobody's Send turns grey until the Web Connector has called.
        "INSERT INTO schedules (connection_id, list, every, next_at, read_at) "
        "SELECT s.connection_id, 'vendor', s.every, c.created_at, s.read_at "
        "FROM schedules s JOIN connections c ON c.id = s.connection_id WHERE s.list = 'customer' AND c.kind = 'quickbooks'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM schedules WHERE list = 'vendor'")
    op.drop_table("companies")
