"""What must be the only one of its name is that whatever the capitals, also with letters that SQLite's own lower() does not know."""

import pytest
from sqlalchemy import literal, select

from erp.db import db, same_letters, transaction
from erp.documents import company, cost_code, project, sub_job
from erp.documents.document import DocumentRefused
from erp.kind import KINDS
from erp.people import login
from erp.people.staff import PersonRefused, create
from tests.unit.conftest import PASSWORD
from tests.unit.stage import Stage


@pytest.mark.parametrize("there", ["École Élan", "ÉCOLE ÉLAN", "école élan"])
@pytest.mark.parametrize("typed", ["École Élan", "ÉCOLE ÉLAN", "école élan"])
def test_the_usual_spellings_are_the_same(app, there: str, typed: str) -> None:
    assert db.session.scalar(select(same_letters(literal(there), typed)))
    assert not db.session.scalar(select(same_letters(literal(there), f"{typed} 2")))
    assert not db.session.scalar(select(same_letters(literal(there), "Ecole Elan")))


@pytest.mark.parametrize("typed", ["ÉLODIE@x.test", "élodie@x.test", "Élodie@X.test"])
def test_who_has_such_an_e_mail_logs_in_and_is_the_only_one(stage: Stage, typed: str) -> None:
    with transaction():
        made, _ = create(stage.people.olga, name="Élodie", email="Élodie@x.test", zone="UTC")
        made.set_password(PASSWORD)
    assert login.log_in(typed, PASSWORD, "203.0.113.7") is made
    with pytest.raises(PersonRefused, match="Élodie has this e-mail already"):
        create(stage.people.olga, name="Other", email=typed, zone="UTC")


def test_companies_projects_sub_jobs_and_codes(stage: Stage) -> None:
    pam = stage.people.pam
    stage.company("Béton Éclair")
    stage.project("É-1", "North")
    stage.sub_job("É", "East")
    with transaction():
        cost_code.create(stage.people.adam, "É-100", "Béton")
    for twice in (
        lambda: company.create(pam, title="BÉTON ÉCLAIR"),
        lambda: project.create(pam, number="é-1", title="South", connection_id=stage.connection.id),
        lambda: project.create(pam, number="É-1", title="South", connection_id=stage.connection.id),
        lambda: sub_job.create(stage.pier, pam, number="é", title="West"),
    ):
        with pytest.raises(DocumentRefused):
            twice()
    assert cost_code.find_any("é-100")


def test_a_vendor_of_the_same_name_is_told_before_the_company_is_sent(stage: Stage) -> None:
    made = stage.company("Béton Éclair")
    stage.record("vendor", "V1", "BÉTON ÉCLAIR")
    (line,) = KINDS["company"].warns(stage.send("company", made), made)
    assert "the vendor BÉTON ÉCLAIR has this name in accounting" in line
