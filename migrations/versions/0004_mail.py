"""What people and administrators wish of mails, and the small index of what waits for a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITS = sa.text("state = 'Ready'")


def upgrade() -> None:
    op.create_table(
        "mail_choices",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_choices")),
    )
    op.create_table(
        "mail_wishes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("daily_summary", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_wishes_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_wishes")),
    )
    op.create_index("ix_items_waiting", "items", ["sent_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("ix_items_waiting", table_name="items")
    op.drop_table("mail_wishes")
    op.drop_table("mail_choices")
