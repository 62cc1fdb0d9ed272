"""Lists of names stand as people read them: whatever the capitals."""

from types import SimpleNamespace

import pytest

from erp import links
from erp.books import records
from erp.db import db
from erp.documents import project, sub_job
from erp.kind import KINDS
from erp.people import staff
from erp.people.granting import granters
from tests.unit.stage import Stage

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
