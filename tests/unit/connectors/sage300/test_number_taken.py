"""Two projects whose numbers become one number in Sage: the second is refused before it goes, and no read-back breaks on it."""

import pytest

from erp.connectors.sage300 import lists
from erp.db import transaction
from erp.documents import project, sub_job
from erp.exchanges.export import open_exchange
from erp.exchanges.handover import differs, hand_over
from erp.items.perform import Refused, item_for, send
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


def test_a_read_back_that_finds_it_under_the_number_of_another_says_so_and_takes_the_rest(sage: Sage) -> None:
    with settings(sage.connection, shapes=STRIPPED):
        made = sage.project()
        with transaction():
            old = sub_job.create(made, sage.people.pam, number="E1", title="East")
        sage.there("sub_job", old, "261164|E1")
        item = sage.sub_job(made, "E-1", "East wing")
        sage.exported(item)
        hand_over()
        exchange = open_exchange(item)
        assert exchange is not None
        with transaction():
            assert not lists.confirm(exchange, sage.people.adam, {"job": "261164", "extras": ["E1"]})
    assert item.state == "Waiting"
    assert differs(item) == (
        "Sage 300 has it as E1 East wing, which is E1 East here. Void its batch and reject it, so that its sender gives it another number."
    )
