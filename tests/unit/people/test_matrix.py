"""Who may do what, and why: the page's cells are the answers of the routes."""

import pytest

from erp.documents import project as projects
from erp.kind import KINDS
from erp.people import Level, may, why_may_not
from erp.people.access import set_grid
from erp.people.matrix import actions, cell
from erp.people.rights import MATRIX

NAMES = ["pam", "ann", "bob", "stan", "adam", "olga"]


def the(key, kind=""):
    return next(action for action in actions() if action.key == key and (not kind or action.kind == kind))


def test_every_row_of_the_matrix_is_there_and_sending_once_per_kind():
    assert [action.key for action in actions() if action.key != "send"] == [key for key in MATRIX if key != "send"]
    assert [action.kind for action in actions() if action.key == "send"] == list(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_of_the_company_is_what_the_routes_answer(people, name):
    user = getattr(people, name)
    for action in (one for one in actions() if not one.per_project):
        shown = cell(user, action)
        assert shown.yes == may(user, action.key, kind=action.kind, tools=action.tools), action
        if not shown.yes:
            assert shown.why == " ".join(r.text for r in why_may_not(user, action.key, kind=action.kind, tools=action.tools))


def test_a_yes_says_by_what_and_a_no_what_is_missing(people):
    assert cell(people.ann, the("decide_budget")).why == "Standard on ERP Integrations and Can Push to Accounting."
    assert cell(people.stan, the("decide_budget")).why == "You need the privilege Can Push to Accounting. The owner grants it."
    assert cell(people.adam, the("send", "cost_code")).why == "Admin on Company Admin."


def test_rights_on_projects_are_counted_over_the_persons_own_projects(people, pier):
    assert cell(people.pam, the("send", "job")).words == "In 2 projects"
    assert cell(people.pam, the("send", "budget")).words == "In 2 projects"
    assert cell(people.stan, the("send", "budget")).words == "No"
    projects.grant(pier, people.stan, "budget", Level.STANDARD)
    assert not cell(people.stan, the("send", "budget")).yes
    projects.grant(pier, people.stan, "budget", Level.ADMIN)
    assert cell(people.stan, the("send", "budget")).words == "In 1 project"


def test_the_grid_is_seen_in_the_row_of_its_kind(people):
    set_grid(people.ann, "budget", can_import=False, can_export=False)
    assert [cell(people.ann, the(key)).yes for key in ("decide_budget", "import_budget", "decide_job", "add_company")] == [
        False, False, True, True]  # fmt: skip
