"""Projects: who sees them, what may change on them and when."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from erp import audit
from erp.connections import Connection
from erp.db import db
from erp.documents import project as projects
from erp.documents import project_list
from erp.documents.document import StaleDocument
from erp.documents.project import ADDRESS, LOCKED_WHILE_SENT, Project, ProjectRefused
from erp.people import Level
from erp.people.user import PROJECT_TOOLS
from erp.states import State
from tests.unit.stage import what_now

SENT = [state for state in State if state not in (State.WITH_PM, State.SYNCED)]


def test_its_creator_is_admin_on_its_tools_and_nobody_else_sees_it(people: SimpleNamespace, pier: Project) -> None:
    assert {people.pam.level(tool, pier.id) for tool in PROJECT_TOOLS} == {Level.ADMIN}
    assert [row.name for row in projects.visible(people.pam)] == ["Noise Barrier", "Pier 9 Sewer Renewal"]
    for name in ("ann", "bob", "stan", "adam", "olga"):
        assert projects.visible(getattr(people, name)) == []
    assert audit.history(pier.subject)[0].action == "create"


def test_the_address_has_a_line_for_each_filled_part(pier: Project) -> None:
    assert pier.address == ["9 Pier Road", "Bayview CA 94111"]


def test_saving_counts_and_says_what_was_there(people: SimpleNamespace, pier: Project) -> None:
    projects.edit(pier, people.pam, 1, title="Pier 9", city="Bayview")
    assert (pier.name, pier.version) == ("Pier 9", 2)
    last = audit.history(pier.subject)[-1]
    assert last.details == {"was": {"title": "Pier 9 Sewer Renewal"}, "now": {"title": "Pier 9"}}


def test_an_older_page_saves_nothing(people: SimpleNamespace, pier: Project) -> None:
    projects.edit(pier, people.pam, 1, title="Pier 9")
    db.session.commit()
    with pytest.raises(StaleDocument):
        projects.edit(pier, people.pam, 1, title="Pier Nine")
    db.session.rollback()
    assert pier.name == "Pier 9"


@pytest.mark.parametrize("state", SENT)
def test_while_it_is_sent_name_number_and_address_stand(
    people: SimpleNamespace, pier: Project, at: Callable[..., object], state: State
) -> None:
    at("job", pier, state)
    assert set(projects.locked(pier)) == {*LOCKED_WHILE_SENT, "connection_id"}
    for field in ("title", "number", *ADDRESS):
        with pytest.raises(ProjectRefused, match=f"is {state} there. {what_now(state)}") as refused:
            projects.edit(pier, people.pam, None, **{field: "other"})
        assert refused.value.field == field
        db.session.rollback()
    projects.edit(pier, people.pam, None, title=pier.title, wished_customer="Someone Else", erp_integrated=False)


def test_once_synced_the_number_stands_and_the_name_is_free(
    people: SimpleNamespace, pier: Project, at: Callable[..., object]
) -> None:
    at("job", pier, State.SYNCED, True)
    projects.edit(pier, people.pam, None, title="Pier 9", street="10 Pier Road")
    with pytest.raises(ProjectRefused, match="Accounting has the job under this number"):
        projects.edit(pier, people.pam, None, number="25-9999")


def test_the_connection_stays_after_the_first_send_even_when_it_was_retrieved(
    people: SimpleNamespace, pier: Project, connection: Connection, at: Callable[..., object]
) -> None:
    projects.edit(pier, people.pam, None, connection_id=None)
    projects.edit(pier, people.pam, None, connection_id=connection.id)
    at("job", pier, State.WITH_PM)
    with pytest.raises(ProjectRefused, match="it stays there") as refused:
        projects.edit(pier, people.pam, None, connection_id=None)
    assert refused.value.field == "connection_id"


@pytest.mark.parametrize(("field", "value", "words"), [
    ("title", "", "Name is missing"), ("number", " ", "Number is missing"),
    ("city", "Bay\x0bview", "City has a control character"),
    ("region", "x" * 256, "State has 256 characters"), ("title", "Pier\r\nBcc: x@x.test", "Name has a control character"),
])  # fmt: skip
def test_a_text_that_cannot_travel_is_refused_naming_the_field(
    people: SimpleNamespace, pier: Project, field: str, value: str, words: str
) -> None:
    with pytest.raises(ProjectRefused, match=words) as refused:
        projects.edit(pier, people.pam, None, **{field: value})
    assert refused.value.field == field
    with pytest.raises(ProjectRefused, match=words):
        projects.create(people.pam, **{"number": "1", "title": "x", field: value})


def test_who_may_decide_can_be_named_and_who_was_named_stays_shown(people: SimpleNamespace) -> None:
    assert [user.name for user in projects.possible_approvers()] == ["Ann", "Bob"]
    assert [user.name for user in projects.possible_approvers([people.stan.id])] == ["Ann", "Bob", "Stan"]


def test_the_list_shows_each_project_with_its_budget_and_their_states(
    people: SimpleNamespace, pier: Project, at: Callable[..., object]
) -> None:
    from erp.documents import budget

    made = budget.open_for(pier, people.pam)
    at("job", pier, State.SYNCED, True)
    at("budget", made, State.READY)
    noise, mine = project_list.listing(people.pam)
    assert (noise.item, noise.budget, noise.budget_item) == (None, None, None)
    assert mine.item and mine.item.state == State.SYNCED
    assert mine.budget is made
    assert mine.budget_item and mine.budget_item.state == State.READY
    assert [row.project.name for row in project_list.listing(people.pam, "pier")] == ["Pier 9 Sewer Renewal"]
    assert project_list.listing(people.stan) == []


def test_two_projects_of_a_connection_do_not_share_a_number(
    people: SimpleNamespace, pier: Project, connection: Connection
) -> None:
    said = f"The number {pier.number} is taken: the project {pier.name} of the same connection has it. Change the field Number in one of the two projects first."
    with pytest.raises(ProjectRefused) as refused:
        projects.create(people.pam, number=pier.number, title="Twin", connection_id=connection.id)
    assert (refused.value.sentence, refused.value.field) == (said, "number")
    free = projects.create(people.pam, number=pier.number, title="Not linked", connection_id=None)
    with pytest.raises(ProjectRefused, match="is taken"):
        projects.edit(free, people.pam, None, connection_id=connection.id)
    db.session.rollback()


def test_a_number_is_not_changed_into_that_of_another_project(people: SimpleNamespace, pier: Project) -> None:
    other = projects.create(people.pam, number="25-7777", title="Other", connection_id=pier.connection_id)
    with pytest.raises(ProjectRefused, match=f"is taken: the project {pier.name} of the same connection has it"):
        projects.edit(other, people.pam, None, number=pier.number)
    projects.edit(other, people.pam, None, number="25-7777", title="It keeps its own")
    assert (other.number, other.title) == ("25-7777", "It keeps its own")
    projects.create(people.pam, number="25-A", title="Annex", connection_id=pier.connection_id)
    with pytest.raises(ProjectRefused, match="The number 25-a is taken: the project Annex of the same connection has it."):
        projects.edit(other, people.pam, None, number="25-a")
