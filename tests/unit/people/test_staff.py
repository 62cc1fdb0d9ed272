"""Making and changing people: what is refused, what is in the trail, and who may touch an owner."""

import pytest

from erp import audit
from erp.cli.user import give, make
from erp.db import db
from erp.people import Level, PersonRefused, sessions, staff
from erp.people.login import find
from erp.people.user import PUSH

FACTS = {"name": "Nina Novak", "email": "nina@x.test", "zone": "America/Los_Angeles"}


def facts(user, **changed):
    return {"name": user.name, "email": user.email, "zone": user.zone, "active": user.active, **changed}


def trail(user):
    return [(event.action, event.actor) for event in audit.history(f"user:{user.id}")]


@pytest.fixture
def dora(people):
    """A Directory Admin who is not the owner and holds nothing else."""
    return make("dora@x.test", "Dora", "-", directory=Level.ADMIN)


def test_a_new_person_has_no_right_and_a_one_time_password(people):
    nina, password = staff.create(people.olga, **FACTS)
    assert (nina.name, nina.zone, nina.active, nina.owner) == ("Nina Novak", "America/Los_Angeles", True, False)
    assert (nina.grants, nina.privileges, nina.grid) == ([], [], [])
    assert nina.check_password(password)
    assert nina.must_change_password
    assert trail(nina) == [("create", "Olga")]
    assert password not in str(audit.history(f"user:{nina.id}")[0].details)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": " "}, "name", "The name is missing"), ({"name": "x" * 81}, "name", "too long"),
        ({"name": "Nina\r\nBcc: x"}, "name", "control character"), ({"email": "nina"}, "email", "is no e-mail address"),
        ({"email": "a b@x.test"}, "email", "is no e-mail"), ({"email": "n@x.test\nBcc: x"}, "email", "is no e-mail"),
        ({"email": ""}, "email", "is no e-mail"), ({"email": f"{'x' * 250}@x.test"}, "email", "at most 254"),
        ({"email": "ANN@x.test"}, "email", "Ann has this e-mail already"), ({"zone": "Mars/Olympus"}, "zone", "is no time zone"),
        ({"zone": "../../etc/passwd"}, "zone", "is no time zone"), ({"zone": ""}, "zone", "is no time zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(people, wrong, field, words):
    with pytest.raises(PersonRefused, match=words) as refused:
        staff.create(people.olga, **FACTS | wrong)
    assert refused.value.field == field
    with pytest.raises(PersonRefused, match=words):
        staff.edit(people.olga, people.stan, **facts(people.stan) | wrong)
    assert find("nina@x.test") is None


def test_editing_keeps_what_was_and_what_is(people):
    staff.edit(people.olga, people.stan, **facts(people.stan, name="Stan Moreau", zone="Europe/Paris"))
    event = audit.history(f"user:{people.stan.id}")[-1]
    assert event.details == {"was": {"name": "Stan", "zone": "UTC"}, "now": {"name": "Stan Moreau", "zone": "Europe/Paris"}}


def test_saving_without_a_change_writes_nothing(people):
    before = len(trail(people.stan))
    staff.edit(people.olga, people.stan, **facts(people.stan))
    assert len(trail(people.stan)) == before


def test_switching_off_ends_every_session_and_switching_on_brings_none_back(people):
    keys = [sessions.begin(people.stan), sessions.begin(people.stan), sessions.begin(people.ann)]
    staff.edit(people.olga, people.stan, **facts(people.stan, active=False))
    staff.edit(people.olga, people.stan, **facts(people.stan, active=True))
    db.session.flush()
    assert [bool(sessions.reader(key)) for key in keys] == [False, False, True]


def test_the_last_owner_cannot_be_switched_off_and_the_last_but_one_can(people):
    with pytest.raises(PersonRefused, match="the last owner") as refused:
        staff.edit(people.olga, people.olga, **facts(people.olga, active=False))
    assert refused.value.field == "active"
    other = make("omar@x.test", "Omar", "-", owner=True)
    staff.edit(people.olga, people.olga, **facts(people.olga, active=False))
    assert not people.olga.active
    with pytest.raises(PersonRefused, match="the last owner"):
        staff.edit(other, other, **facts(other, active=False))


def test_a_directory_admin_touches_no_owner(people, dora):
    for attempt in (
        lambda: staff.edit(dora, people.olga, **facts(people.olga, email="dora2@x.test")),
        lambda: staff.set_levels(dora, people.olga, {"directory": Level.NONE}),
        lambda: staff.reset_password(dora, people.olga),
    ):
        with pytest.raises(PersonRefused, match=r"[Oo]nly (an|the) owner"):
            attempt()


def test_who_could_not_grant_the_privilege_does_not_get_it_by_a_new_password_either(people, dora):
    with pytest.raises(PersonRefused, match="Ann holds Can Push to Accounting"):
        staff.reset_password(dora, people.ann)
    staff.reset_password(dora, people.stan)
    give(dora, PUSH)
    staff.reset_password(dora, people.ann)
    staff.reset_password(people.olga, people.bob)


def test_a_reset_ends_the_old_password_and_every_session(people):
    key = sessions.begin(people.stan)
    password = staff.reset_password(people.olga, people.stan)
    db.session.flush()
    assert people.stan.check_password(password)
    assert people.stan.must_change_password
    assert sessions.reader(key) is None
    assert trail(people.stan)[-1] == ("reset_password", "Olga")


def test_levels_are_set_replaced_and_taken_away(people):
    staff.set_levels(people.olga, people.stan, {"erp": Level.ADMIN, "directory": Level.READ})
    staff.set_levels(people.olga, people.stan, {"erp": Level.NONE})
    assert {row.tool: row.as_level for row in people.stan.grants} == {"directory": Level.READ}
    assert audit.history(f"user:{people.stan.id}")[-1].details == {"changes": [{"tool": "erp", "from": "Admin", "to": "None"}]}


def test_levels_of_projects_and_unknown_tools_are_left_alone(people, pier):
    staff.set_levels(people.olga, people.pam, {"budget": Level.NONE, "nothing": Level.ADMIN, "company_admin": Level.NONE})
    assert people.pam.level("budget", pier.id) == Level.ADMIN
    assert {row.tool for row in people.pam.grants if row.project_id is None} == {"directory"}


def test_everybody_stands_by_name_and_who_is_switched_off_last(people):
    people.adam.active = False
    db.session.flush()
    assert [user.name for user in staff.everybody()] == ["Ann", "Bob", "Olga", "Pam", "Stan", "Adam"]
