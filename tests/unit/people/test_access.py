"""May this person do this here: levels, privileges, the grid, granular rights, named approvers, and the sentences."""

import pytest

from erp.cli.user import give
from erp.db import db
from erp.documents import project as projects
from erp.people import Level, Privilege, approvers, may, why_may_not
from erp.people.access import set_grid
from erp.people.user import CREATE_PROJECT, PUSH, SEND_BUDGETS

DECISIONS = ["decide_job", "decide_budget", "decide_cost_code"]


class Nobody:
    is_authenticated = active = owner = False


def texts(user, key, **scope):
    return [reason.text for reason in why_may_not(user, key, **scope)]


def test_nobody_is_asked_to_log_in_and_an_inactive_person_too(people):
    people.ann.active = False
    for person in (Nobody(), people.ann):
        assert texts(person, "decide_job", kind="job") == ["Log in first."]
        assert texts(person, "signed_in") == ["Log in first."]


def test_a_public_page_is_for_everybody():
    assert may(Nobody(), "public")


def test_the_sentence_names_the_level_the_tool_and_who_helps(people):
    assert texts(people.pam, "decide_job", kind="job") == [
        "You need Standard or higher on ERP Integrations. The owner can change that.",
        f"You need the privilege {PUSH}. The owner grants it.",
    ]
    assert texts(people.stan, "decide_job", kind="job") == [f"You need the privilege {PUSH}. The owner grants it."]
    assert texts(people.stan, "configure") == ["You need Admin on ERP Integrations. The owner can change that."]


def test_a_project_tool_is_helped_by_the_projects_admin(people, pier):
    assert texts(people.ann, "view_budget", project_id=pier.id) == [
        "You need Read Only or higher on Budget. The project's admin can change that."]  # fmt: skip


def test_the_privilege_without_the_level_decides_nothing(people):
    give(people.pam, PUSH)
    assert not may(people.pam, "decide_job", kind="job")


def test_administrators_and_owners_without_the_privilege_decide_nothing(people):
    assert not any(may(person, key, kind=key[7:]) for person in (people.adam, people.olga) for key in DECISIONS)


@pytest.mark.parametrize("level", [Level.STANDARD, Level.ADMIN])
def test_standard_and_admin_decide_with_the_privilege_and_read_only_does_not(people, level):
    people.ann.grants[0].level = level
    assert all(may(people.ann, key, kind=key[7:]) for key in DECISIONS)
    people.ann.grants[0].level = Level.READ
    assert not any(may(people.ann, key, kind=key[7:]) for key in DECISIONS)


def test_the_grid_narrows_one_kind_and_leaves_the_others(people):
    set_grid(people.ann, "budget", can_import=True, can_export=False)
    assert texts(people.ann, "decide_budget", kind="budget") == [
        "The approver grid does not let you export these. The owner can change that."]  # fmt: skip
    assert may(people.ann, "decide_job", kind="job")
    assert may(people.bob, "decide_budget", kind="budget")


def test_the_grid_narrows_imports_by_its_own_column(people):
    set_grid(people.stan, "budget", can_import=False, can_export=True)
    assert not may(people.stan, "import_budget", kind="budget")
    assert may(people.ann, "import_budget", kind="budget")


def test_setting_the_grid_again_replaces_the_row(people):
    set_grid(people.ann, "budget", can_import=False, can_export=False)
    set_grid(people.ann, "budget", can_import=True, can_export=True)
    assert [(row.kind, row.can_export) for row in people.ann.grid] == [("budget", True)]
    assert may(people.ann, "decide_budget", kind="budget")


def test_a_directory_admin_with_the_privilege_is_not_narrowed(people):
    set_grid(people.olga, "budget", can_import=False, can_export=False)
    people.olga.grants.append(type(people.ann.grants[0])(tool="erp", project_id=None, level=int(Level.STANDARD)))
    db.session.flush()
    assert not may(people.olga, "import_budget", kind="budget")
    give(people.olga, PUSH)
    assert may(people.olga, "decide_budget", kind="budget")
    assert may(people.olga, "import_budget", kind="budget")


def test_a_directory_standard_with_the_privilege_is_narrowed(people):
    give(people.pam, PUSH)
    people.pam.grants.append(type(people.pam.grants[0])(tool="erp", project_id=None, level=int(Level.STANDARD)))
    set_grid(people.pam, "budget", can_import=False, can_export=False)
    assert not may(people.pam, "decide_budget", kind="budget")


@pytest.mark.parametrize(
    ("level", "opens"), [(Level.NONE, False), (Level.READ, True), (Level.STANDARD, True), (Level.ADMIN, True)]
)
def test_the_granular_right_sends_budgets_from_read_only_up(people, pier, level, opens):
    projects.grant(pier, people.stan, "budget", level)
    give(people.stan, SEND_BUDGETS, pier.id)
    assert may(people.stan, "send", project_id=pier.id, kind="budget", tools=("budget",)) == opens


def test_the_granular_right_sends_nothing_but_budgets_and_only_there(people, pier, stage):
    other = stage.project()
    for where in (pier, other):
        projects.grant(where, people.stan, "budget", Level.STANDARD)
        projects.grant(where, people.stan, "project_admin", Level.STANDARD)
    give(people.stan, SEND_BUDGETS, pier.id)
    assert may(people.stan, "send", project_id=pier.id, kind="budget", tools=("budget",))
    assert not may(people.stan, "send", project_id=other.id, kind="budget", tools=("budget",))
    assert not may(people.stan, "send", project_id=pier.id, kind="job", tools=("project_admin",))


def test_without_the_granular_right_sending_needs_admin_on_every_tool_of_the_kind(people, pier):
    tools = ("commitments", "change_orders")
    projects.grant(pier, people.stan, "commitments", Level.ADMIN)
    projects.grant(pier, people.stan, "change_orders", Level.STANDARD)
    assert texts(people.stan, "send", project_id=pier.id, kind="cco", tools=tools) == [
        "You need Admin on Change Orders. The project's admin can change that."]  # fmt: skip
    projects.grant(pier, people.stan, "change_orders", Level.ADMIN)
    assert may(people.stan, "send", project_id=pier.id, kind="cco", tools=tools)


def test_sending_asks_nothing_on_the_erp_tool(people, pier):
    assert people.pam.level("erp") == Level.NONE
    assert may(people.pam, "send", project_id=pier.id, kind="job", tools=("project_admin",))


def test_create_new_project_counts_from_standard_on(people):
    assert may(people.pam, "create_project")
    people.pam.grants = [grant for grant in people.pam.grants if grant.tool != "directory"]
    assert people.pam.holds(CREATE_PROJECT)
    assert not may(people.pam, "create_project")


def test_the_owner_manages_people_even_without_a_level(people):
    people.olga.grants = []
    assert may(people.olga, "manage_people")
    assert not may(people.adam, "manage_people")


def test_approvers_hold_level_and_privilege_and_are_active(people):
    assert [user.name for user in approvers("job")] == ["Ann", "Bob"]
    give(people.pam, PUSH)
    people.bob.active = False
    assert [user.name for user in approvers("job")] == ["Ann"]


def test_the_grid_takes_an_approver_off_one_kind(people):
    set_grid(people.bob, "budget", can_import=True, can_export=False)
    assert [user.name for user in approvers("budget")] == ["Ann"]
    assert [user.name for user in approvers("job")] == ["Ann", "Bob"]


def test_named_approvers_are_only_those_who_may_anyway(people):
    assert [user.name for user in approvers("job", [people.bob.id, people.stan.id])] == ["Bob"]


def test_an_approver_with_two_grants_of_the_privilege_is_one_approver(people):
    give(people.ann, PUSH)
    db.session.flush()
    assert db.session.query(Privilege).filter_by(user_id=people.ann.id).count() == 2
    assert [user.name for user in approvers("job")] == ["Ann", "Bob"]


def test_a_privilege_of_one_project_is_not_one_of_the_company(people, pier):
    give(people.stan, PUSH, pier.id)
    assert not may(people.stan, "decide_job", kind="job")
    assert [user.name for user in approvers("job")] == ["Ann", "Bob"]
