"""Many items without the many clicks: rows written by the database itself."""

import json

from sqlalchemy import text

from erp.db import db

PROJECTS = 2000
SUMMARY = {"project": "Pier 9 Sewer Renewal", "lines": 20, "number": "25-1361", "original": 1234500, "changes": 0, "revised": 1234500,
           "amount": 1234500, "sends": 1234500}  # fmt: skip
SHOWS = {"shows": [["Customer:Job", "City of Bayview:Pier 9"], ["Number", "25-1361"], ["Total", "12,345.00"], ["ID", "1-1"]]}
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n) "
MOMENT = "strftime('%Y-%m-%d %H:%M:%f000', 1790000000 + i, 'unixepoch')"

DOCUMENTS = (
    COUNTED
    + """INSERT INTO documents (id, kind, project_id, number, title, created_by, created_at, version)
    SELECT 1000 + i, 'job', 1000 + i, '25-' || i, 'Pier ' || i, 1, """
    + MOMENT
    + """, 1 FROM n"""
)
PROJECT_ROWS = (
    COUNTED
    + """INSERT INTO projects (id, connection_id, street, street2, city, region, postal_code, wished_customer,
    erp_integrated, tools, approver_ids) SELECT 1000 + i, 1, '9 Pier Road', '', 'Bayview', 'CA', '94111', '', 1, '["budget"]', '[]' FROM n"""
)
ITEMS = (
    COUNTED
    + """, s(i, state) AS (SELECT i, CASE WHEN i % 100 = 1 THEN 'Failed' WHEN i <= :accepted THEN 'Accepted'
    WHEN i % 10 = 2 THEN 'Ready' ELSE 'Synced' END FROM n)
    INSERT INTO items (id, kind, connection_id, document_id, project_id, state, filter, version, changed_at, number, title, amount, in_erp,
    summary, choices, created_by, sent_by, sent_at, accepted_by, erp_id, erp_name, result, error)
    SELECT i, 'budget', 1, 1000000 + i, 1001 + i % :projects, state, CASE state WHEN 'Failed' THEN 'failed-to-export'
    WHEN 'Synced' THEN 'synced' ELSE 'ready-to-export' END, 3, """
    + MOMENT
    + """, '25-' || i, 'Budget ' || i, 1234500, state = 'Synced',
    :summary, '{}', 1, 1, """
    + MOMENT
    + """, CASE WHEN state IN ('Accepted', 'Synced') THEN 2 END,
    CASE WHEN state = 'Synced' THEN 'T-' || i ELSE '' END, '', CASE WHEN state = 'Synced' THEN :shows ELSE '{}' END, '{}' FROM s"""
)
EXCHANGES = """INSERT INTO exchanges (connection_id, purpose, kind, rank, subject, item_id, batch, state, look, memo, memo_ticket, poison,
    postponed, next_at, result, reason, created_at, settled_at) SELECT 1, 'add', kind, 20, 'item:' || id, id, 'b' || (id / 20), 'synced', 0,
    '{}', '', 0, 0, changed_at, '{}', '', changed_at, changed_at FROM items WHERE state = 'Synced'"""
COUNTS = """INSERT INTO counts (connection_id, kind, filter, n) SELECT connection_id, kind, filter, count(*) FROM items
    GROUP BY connection_id, kind, filter"""


def budgets(n: int, accepted: int = 20) -> None:
    """So many budgets: a tenth waits, 1 % failed, `accepted` are accepted, the rest is synced, each with its exchange."""
    with db.engine.connect() as raw:
        raw.exec_driver_sql("COMMIT")
        raw.exec_driver_sql("PRAGMA foreign_keys=OFF")
        raw.exec_driver_sql("PRAGMA synchronous=OFF")
        raw.exec_driver_sql("BEGIN")
        for table in ("counts", "exchanges", "items", "projects", "documents"):
            raw.exec_driver_sql(f"DELETE FROM {table}")
        raw.execute(text(DOCUMENTS), {"n": PROJECTS})
        raw.execute(text(PROJECT_ROWS), {"n": PROJECTS})
        raw.execute(text(ITEMS), {"n": n, "accepted": accepted, "projects": PROJECTS, "summary": json.dumps(SUMMARY),
                                  "shows": json.dumps(SHOWS)})  # fmt: skip
        raw.execute(text(EXCHANGES))
        raw.execute(text(COUNTS))
        raw.exec_driver_sql("COMMIT")
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.exec_driver_sql("BEGIN")
    db.engine.dispose()
