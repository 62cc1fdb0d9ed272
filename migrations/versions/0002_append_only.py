"""What autogenerate cannot write: unique indexes on lower(…), and tables whose rows the database refuses to alter."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = (
    ("events", "UPDATE", ""),
    ("events", "DELETE", ""),
    ("answers", "DELETE", ""),
    ("answers", "UPDATE", "OF body, hash, ticket, hresult, received_at"),
    ("messages", "UPDATE", "OF body"),
)


UNIQUE = (("uq_cost_codes_code", "cost_codes", "lower(code)"), ("uq_users_email", "users", "lower(email)"))


def upgrade() -> None:
    for name, table, words in UNIQUE:
        op.create_index(name, table, [sa.text(words)], unique=True)
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$"
        )
    for table, verb, columns in RULES:
        name = f"{table}_no_{verb.lower()}"
        if dialect == "postgresql":
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} {columns} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} {columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
            )


def downgrade() -> None:
    for name, table, _ in UNIQUE:
        op.drop_index(name, table)
    for table, verb, _ in RULES:
        on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
