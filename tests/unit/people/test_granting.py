"""Granting: Olga does, or a Directory Admin who holds it; nobody for himself; and the grid narrows."""

import pytest

from erp import audit
from erp.cli.user import give, make
from erp.kind import KINDS
from erp.people import Level, PersonRefused, granting, may
from erp.people.user import CREATE_PROJECT, PUSH


@pytest.fixture
def dora(people):
    """A Directory Admin without the privilege."""
    return make("dora@x.test", "Dora", "-", directory=Level.ADMIN)


def last(user):
    event = audit.history(f"user:{user.id}")[-1]
    return event.action, event.actor, event.details


def test_olga_grants_and_it_counts_and_it_is_in_the_trail(people):
    granting.grant(people.olga, people.stan, PUSH)
    assert may(people.stan, "decide_job", kind="job")
    assert people.stan.privileges[0].granted_by == people.olga.id
    assert last(people.stan) == ("grant", "Olga", {"privilege": PUSH})


def test_a_directory_admin_grants_only_what_he_holds(people, dora):
    with pytest.raises(
        PersonRefused, match="Only the owner grants Can Push to Accounting, or a Directory Admin who holds it. Ask Olga."
    ):
        granting.grant(dora, people.stan, PUSH)
    assert not people.stan.holds(PUSH)
    give(dora, PUSH)
    granting.grant(dora, people.stan, PUSH)
    assert people.stan.holds(PUSH)


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "adam"])
def test_nobody_else_grants_not_even_who_holds_it(people, name):
    with pytest.raises(PersonRefused, match="Only the owner"):
        granting.grant(getattr(people, name), people.bob, PUSH)


def test_nobody_grants_it_to_himself_not_even_olga(people, dora):
    for person in (people.olga, dora):
        with pytest.raises(PersonRefused, match="Nobody grants Can Push to Accounting to himself"):
            granting.grant(person, person, PUSH)
        assert not person.holds(PUSH)


def test_granting_twice_is_granting_once(people):
    before = len(audit.history(f"user:{people.ann.id}"))
    granting.grant(people.olga, people.ann, PUSH)
    assert [row.granted_by for row in people.ann.privileges] == [None]
    assert len(audit.history(f"user:{people.ann.id}")) == before


def test_revoking_counts_at_once_and_leaves_other_privileges(people):
    give(people.ann, CREATE_PROJECT)
    granting.revoke(people.olga, people.ann, PUSH)
    assert not may(people.ann, "decide_job", kind="job")
    assert people.ann.holds(CREATE_PROJECT)
    assert last(people.ann) == ("revoke", "Olga", {"privilege": PUSH})


def test_create_new_project_is_granted_by_every_directory_admin(people, dora):
    granting.grant(dora, people.stan, CREATE_PROJECT)
    assert people.stan.holds(CREATE_PROJECT)


@pytest.mark.parametrize("act", [granting.grant, granting.revoke])
@pytest.mark.parametrize("name", ["", "owner", "Send and Retrieve Budgets from ERP", "can push to accounting"])
def test_what_is_no_privilege_of_the_company_is_refused(people, act, name):
    with pytest.raises(PersonRefused, match="no such privilege"):
        act(people.olga, people.stan, name)


def test_those_who_may_grant_are_owners_and_directory_admins_who_hold_it(people, dora):
    assert [user.name for user in granting.granters()] == ["Olga"]
    give(dora, PUSH)
    assert [user.name for user in granting.granters()] == ["Dora", "Olga"]
    people.olga.active = False
    assert [user.name for user in granting.granters()] == ["Dora"]


def test_who_has_no_row_may_do_every_kind(people):
    assert granting.grid(people.ann) == dict.fromkeys(KINDS, (True, True))


def test_the_grid_narrows_one_kind_with_its_trail_and_opens_it_again(people):
    granting.save_grid(people.olga, people.ann, {"budget": (True, False), "job": (True, True), "nothing": (False, False)})
    assert granting.grid(people.ann)["budget"] == (True, False)
    assert [row.kind for row in people.ann.grid] == ["budget"]
    assert not may(people.ann, "decide_budget", kind="budget")
    assert may(people.ann, "decide_job", kind="job")
    assert last(people.ann)[2]["grid"] == {"budget": {"was": [True, True], "now": [True, False]}}
    granting.save_grid(people.olga, people.ann, {"budget": (True, True)})
    assert people.ann.grid == []
    assert may(people.ann, "decide_budget", kind="budget")


def test_a_grid_without_a_change_writes_nothing(people):
    before = len(audit.history(f"user:{people.ann.id}"))
    granting.save_grid(people.olga, people.ann, dict.fromkeys(KINDS, (True, True)))
    assert len(audit.history(f"user:{people.ann.id}")) == before
