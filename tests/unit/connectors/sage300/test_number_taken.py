"""Two projects whose numbers become one number in Sage: the second is refused before it goes, and no read-back breaks on it."""

import pytest

from erp.connectors.sage300 import lists
from erp.db import transaction
from erp.documents import project, sub_job
from erp.exchanges.export import open_exchange
from erp.exchanges.handover import differs, hand_over
from erp.items.perform import Refused, item_for, reject, send
from erp.items.why_not import why_not
from tests.unit.sage import Sage, settings

STRIPPED = {"job": {"strip": "-"}, "extra": {"strip": "-"}}


@pytest.fixture
def twin(sage: Sage):
    """A project with a number of its own, which in Sage is the number of another project's job."""
    sage.project("A-1", "Old Sewer", "261164")
    with settings(sage.connection, job_records=True, shapes=STRIPPED):
        yield sage.stage.project("26-1164", "New Sewer", connection_id=sage.key)


def test_the_number_is_refused_at_send_with_who_has_it_the_field_and_the_cure(sage: Sage, twin) -> None:
    (reason,) = why_not("send", item_for("job", sage.connection, twin), sage.people.pam)
    assert reason.text == (
        "The number 26-1164 is taken: Sage 300 has 261164 as the job of A-1 Old Sewer. Change the field Number of this project."
    )
    assert reason.url == f"/projects/{twin.id}/edit"
    with pytest.raises(Refused, match="is taken"), transaction():
        send("job", sage.connection, twin, sage.people.pam)


def test_another_number_may_go_and_what_is_there_already_may_go_again(sage: Sage, twin) -> None:
    with transaction():
        project.edit(twin, sage.people.pam, None, number="26-1165")
    assert why_not("send", item_for("job", sage.connection, twin), sage.people.pam) == []
    sage.there("job", twin, "261165")
    with transaction():
        project.edit(twin, sage.people.pam, None, title="New Sewer and Road")
    assert why_not("send", item_for("job", sage.connection, twin), sage.people.pam) == []


def test_the_number_of_a_job_that_is_still_on_its_way_is_refused_too(sage: Sage) -> None:
    first, second = (sage.stage.project(number, "Sewer", connection_id=sage.key) for number in ("26-1164", "261164"))
    with settings(sage.connection, job_records=True, shapes=STRIPPED):
        with transaction():
            send("job", sage.connection, first, sage.people.pam)
        (reason,) = why_not("send", item_for("job", sage.connection, second), sage.people.pam)
        assert reason.text == (
            "The number 261164 is taken: Sage 300 gets 261164 as the job of 26-1164 Sewer. Change the field Number of this project."
        )
        item = item_for("job", sage.connection, first)
        assert why_not("accept", item, sage.people.ann) == []
        with transaction():
            reject(item, sage.people.ann, "Not this one.")
        assert why_not("send", item_for("job", sage.connection, second), sage.people.pam) == []


def test_the_code_of_a_sub_job_is_refused_where_another_of_its_project_has_it_or_gets_it(sage: Sage) -> None:
    project, elsewhere = sage.project(), sage.project("26-1165", "Another Sewer", "261165")
    with settings(sage.connection, shapes=STRIPPED):
        first = sage.sub_job(project, "E-1", "East")
        with transaction():
            second = sub_job.create(project, sage.people.pam, number="E1", title="East wing")
        (reason,) = why_not("send", item_for("sub_job", sage.connection, second), sage.people.pam)
        assert reason.text == (
            "The code E1 is taken: Sage 300 gets E1 as the sub job E-1 East. Change the field Code of this sub job."
        )
        assert reason.url == f"/projects/{project.id}/sub-jobs/{second.id}/edit"
        with transaction():
            reject(first, sage.people.ann, "Not now.")
        sage.there("sub_job", first.declaration.load(first.document_id), "261164|E1")
        (reason,) = why_not("send", item_for("sub_job", sage.connection, second), sage.people.pam)
        assert "Sage 300 has E1 as the sub job E-1 East." in reason.text
        assert sage.sub_job(elsewhere, "E1", "East").state == "Accepted"


def test_a_read_back_that_finds_it_under_the_number_of_another_says_so_and_takes_the_rest(sage: Sage) -> None:
    with settings(sage.connection, shapes=STRIPPED):
        made = sage.project()
        item = sage.sub_job(made, "E-1", "East wing")
        sage.exported(item)
        hand_over()
        with transaction():
            old = sub_job.create(made, sage.people.pam, number="E1", title="East")
        sage.there("sub_job", old, "261164|E1")
        exchange = open_exchange(item)
        assert exchange is not None
        with transaction():
            assert not lists.confirm(exchange, sage.people.adam, {"job": "261164", "extras": {"E1": "East"}})
    assert item.state == "Waiting"
    assert differs(item) == (
        "Sage 300 has it as E1 East wing, which is E1 East here. Void its batch and reject it, so that its sender gives it another number."
    )
