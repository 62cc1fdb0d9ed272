"""Lists that come back from accounting: where the next reading goes on, and what is inactive stands in Archived."""

import sqlalchemy as sa
from alembic import op

from erp.db import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BELOW = sa.text("parent_id != ''")


def upgrade() -> None:
    with op.batch_alter_table("schedules") as table:
        table.add_column(sa.Column("whole_at", Instant(), nullable=True))
        table.add_column(sa.Column("mark", sa.String(length=255), server_default="", nullable=False))
        table.add_column(sa.Column("problem", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_records_below", "records", ["connection_id", "list", "parent_id"], sqlite_where=BELOW,
                    postgresql_where=BELOW)
    _move("ready-to-import", "archived")


def downgrade() -> None:
    _move("archived", "ready-to-import")
    op.drop_index("ix_records_below", table_name="records")
    with op.batch_alter_table("schedules") as table:
        for name in ("problem", "mark", "whole_at"):
            table.drop_column(name)


def _move(old: str, new: str) -> None:
    """Put what waits and is inactive in accounting into the other list, and count it there."""
    connection, which = op.get_bind(), "state = 'Staged' AND NOT active AND filter = :old"
    moved = connection.execute(sa.text(f"SELECT connection_id, kind, count(*) FROM records WHERE {which} "
                                       "GROUP BY connection_id, kind"), {"old": old}).all()
    connection.execute(sa.text(f"UPDATE records SET filter = :new WHERE {which}"), {"old": old, "new": new})
    for of, kind, n in moved:
        for name, step in ((old, -n), (new, n)):
            at = {"of": of, "kind": kind, "name": name, "n": step}
            same = "connection_id = :of AND kind = :kind AND filter = :name"
            known = connection.execute(sa.text(f"SELECT count(*) FROM counts WHERE {same}"), at).scalar()
            words = (f"UPDATE counts SET n = n + :n WHERE {same}" if known else
                     "INSERT INTO counts (connection_id, kind, filter, n) VALUES (:of, :kind, :name, :n)")
            connection.execute(sa.text(words), at)
