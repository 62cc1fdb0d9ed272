"""Lists of names stand as people read them: whatever the capitals."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from erp import desk, links
from erp.books import records
from erp.db import db
from erp.documents import project, sub_job
from erp.kind import KINDS
from erp.people import staff
from erp.people.granting import granters
from erp.states import Filter
from tests.unit.stage import Stage, statements

THREE = ("Zebra", "apple", "Mango")
READ = ["apple", "Mango", "Zebra"]


@pytest.fixture
def renamed(stage: Stage, people: SimpleNamespace) -> Stage:
    """Pam, Ann and Bob are written with and without capitals."""
    for who, name in zip((people.pam, people.ann, people.bob), THREE, strict=True):
        who.name = name
    db.session.commit()
    return stage


def only(found: list[str]) -> list[str]:
    return [name for name in found if name in THREE]


def test_people(renamed: Stage) -> None:
    for who in (renamed.people.ann, renamed.people.bob):
        project.grant(renamed.pier, who, "budget", 1)
    db.session.commit()
    assert only([one.name for one in staff.everybody()]) == READ
    assert only([one.name for one in project.team(renamed.pier)]) == READ
    assert only([one.name for one in project.possible_approvers([renamed.people.pam.id])]) == READ
    assert [one.name for one in granters()] == sorted((one.name for one in granters()), key=str.casefold)


def test_projects_and_sub_jobs(stage: Stage) -> None:
    for n, number in enumerate(THREE):
        stage.project(number, f"P{n}")
        stage.sub_job(number, f"S{n}")
    assert only([one.number for one in project.visible(stage.people.pam)]) == READ
    assert [one.number for one in sub_job.of(stage.pier)] == READ


def test_what_a_vendor_may_be_linked_to(stage: Stage) -> None:
    for name in THREE:
        stage.company(name)
    record = stage.record("vendor", "V1", "Delgado Electric")
    assert [one.title for one in links.likely(record)] == READ
    for n, name in enumerate(THREE):
        stage.record("vendor", f"M{n}", name.swapcase())
    assert [one.document.title for one in links.exact(stage.connection, KINDS["company"]).rows] == READ


def test_drop_downs(stage: Stage) -> None:
    for n, name in enumerate(THREE):
        stage.record("customer", f"C{n}", name)
    assert only([one.full_name for one in records.choices(stage.connection.id, "customer")]) == READ


def paged(stage: Stage) -> list[str]:
    """The names of the desk's list of vendors, page by page, as a reader who always presses Next page sees them."""
    found, after = [], "start"
    while after:
        page = desk.listing(stage.connection, KINDS["company"], Filter.IMPORT, after="" if after == "start" else after)
        found, after = found + [row.full_name for row in page.rows], page.after
    return found


def test_the_desk_page_by_page_and_nothing_is_left_out_or_shown_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for n, name in enumerate((*THREE, "MANGO", "mango", "Ärger~7", "ÉCOLE", "école", "~", "zebra 2")):
        stage.record("vendor", f"V{n}", name)
    whole = paged(stage)
    assert only(whole) == READ
    assert [name.lower() for name in whole[1:4]] == ["mango"] * 3
    for size in (1, 2, 3):
        monkeypatch.setattr(desk, "PAGE", size)
        assert paged(stage) == whole


def test_a_page_of_the_desk_is_found_by_its_index(stage: Stage) -> None:
    with statements() as asked:
        desk.listing(stage.connection, KINDS["company"], Filter.IMPORT, after="mango~7")
    if db.engine.dialect.name == "sqlite":
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {_named(asked[-1])}"), {f"p{n}": n for n in range(9)}).all()
        assert ["ix_records_shown" in row.detail and "<expr>>" in row.detail for row in plan] == [True]


def _named(sql: str) -> str:
    """The statement with a name for each of its places."""
    parts = sql.split("?")
    return "".join(f"{part}:p{n}" for n, part in enumerate(parts[:-1])) + parts[-1]
