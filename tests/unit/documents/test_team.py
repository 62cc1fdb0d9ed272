"""The team of a project."""

from types import SimpleNamespace

import pytest

from erp import audit
from erp.db import db
from erp.documents import project, team
from erp.documents.document import StaleDocument
from erp.documents.project import Project
from erp.documents.team import TeamRefused
from erp.people import Level, may
from erp.people.user import PROJECT_TOOLS, SEND_BUDGETS


def test_a_person_is_added_by_e_mail_on_every_tool_of_this_project_only(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, " STAN@x.test ", Level.STANDARD)
    assert {people.stan.level(tool, pier.id) for tool in PROJECT_TOOLS} == {Level.STANDARD}
    assert [row.name for row in project.visible(people.stan)] == ["Pier 9 Sewer Renewal"]
    change = audit.history(pier.subject)[-1].details["changes"][0]
    assert change == {"user": people.stan.id, "name": "Stan", "tool": "project_admin", "from": "None", "to": "Standard"}


@pytest.mark.parametrize(("email", "words"), [
    ("nobody@x.test", "Nobody here has the e-mail nobody@x.test. Olga adds people."),
    ("pam@x.test", "Pam is in the team already"),
])  # fmt: skip
def test_who_is_unknown_or_there_already_is_refused(people: SimpleNamespace, pier: Project, email: str, words: str) -> None:
    with pytest.raises(TeamRefused, match=words):
        team.add(pier, people.pam, email)


def test_a_person_who_was_switched_off_cannot_be_added(people: SimpleNamespace, pier: Project) -> None:
    people.stan.active = False
    with pytest.raises(TeamRefused, match="Nobody here has the e-mail"):
        team.add(pier, people.pam, "stan@x.test")


def test_levels_change_only_within_the_team(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test")
    seen = pier.version
    team.save(pier, people.pam, seen, {(people.stan.id, "budget"): Level.ADMIN, (people.bob.id, "budget"): Level.ADMIN})
    assert people.stan.level("budget", pier.id) == Level.ADMIN
    assert people.stan.level("reports", pier.id) == Level.READ
    assert people.bob.level("budget", pier.id) == Level.NONE


def test_who_is_none_everywhere_leaves_the_team(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test")
    team.save(pier, people.pam, None, {(people.stan.id, tool): Level.NONE for tool in PROJECT_TOOLS})
    assert [user.name for user in project.team(pier)] == ["Pam"]


def test_the_last_project_admin_cannot_take_himself_out(people: SimpleNamespace, pier: Project) -> None:
    down = {(people.pam.id, "project_admin"): Level.STANDARD}
    with pytest.raises(TeamRefused, match="Somebody must be Admin on Project Admin"):
        team.save(pier, people.pam, None, down)
    db.session.rollback()
    team.add(pier, people.pam, "stan@x.test", Level.ADMIN)
    people.stan.active = False
    with pytest.raises(TeamRefused):
        team.save(pier, people.pam, None, down)
    db.session.rollback()
    team.add(pier, people.pam, "bob@x.test", Level.ADMIN)
    team.save(pier, people.pam, None, down)
    assert people.pam.level("project_admin", pier.id) == Level.STANDARD


def test_an_older_grid_saves_nothing(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test")
    with pytest.raises(StaleDocument):
        team.save(pier, people.pam, 1, {(people.stan.id, "budget"): Level.ADMIN})


def test_a_grid_without_changes_writes_no_event(people: SimpleNamespace, pier: Project) -> None:
    before = len(audit.history(pier.subject))
    team.save(pier, people.pam, None, {(people.pam.id, "budget"): Level.ADMIN})
    assert len(audit.history(pier.subject)) == before


def sends(person, pier):
    return may(person, "send", project_id=pier.id, kind="budget", tools=("budget",))


def test_the_right_to_send_budgets_is_given_and_taken_within_the_team(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test")
    team.save(pier, people.pam, None, {}, senders={people.stan.id: True, people.bob.id: True})
    assert [sends(one, pier) for one in (people.stan, people.bob)] == [True, False]
    assert people.stan.privileges[0].granted_by == people.pam.id
    assert audit.history(pier.subject)[-1].details["changes"] == [
        {"user": people.stan.id, "name": "Stan", "privilege": SEND_BUDGETS, "held": True}
    ]
    before = len(audit.history(pier.subject))
    team.save(pier, people.pam, None, {}, senders={people.stan.id: True})
    assert len(audit.history(pier.subject)) == before
    team.save(pier, people.pam, None, {}, senders={people.stan.id: False})
    assert not sends(people.stan, pier)


def test_who_leaves_the_team_does_not_find_his_right_again_when_he_comes_back(people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test")
    team.save(pier, people.pam, None, {}, senders={people.stan.id: True})
    team.save(pier, people.pam, None, {(people.stan.id, tool): Level.NONE for tool in PROJECT_TOOLS})
    team.add(pier, people.pam, "stan@x.test")
    assert not sends(people.stan, pier)
