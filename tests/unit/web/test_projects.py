"""Projects in the browser: list, create, edit, team."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from erp.connections import Connection
from erp.db import db
from erp.documents import project, team
from erp.documents.project import Project
from erp.people import Level
from tests.unit.stage import Stage

NEW = {"number": "26-0001", "title": "Ferry Terminal", "street": "1 Wharf", "street2": "Gate B", "city": "Bayview",
"region": "CA",
       "postal_code": "94111", "wished_customer": "Port", "erp_integrated": "y", "tools": ["budget", "reports"]}  # fmt: skip
LABELS = ("Number", "Name", "Street", "Street (second line)", "City", "State", "ZIP", "Connection", "Customer wished",
"ERP-integrated",
          "Budget", "Commitments", "Change Orders", "Prime Contracts", "Reports", "Named approvers")  # fmt: skip


def found(title: str) -> Project | None:
    return db.session.scalar(select(Project).where(Project.title == title))


def test_each_sees_only_his_projects(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test", Level.READ)
    db.session.commit()
    shown = {name: as_(name).get("/projects/").text for name in ("pam", "ann", "bob", "stan", "adam", "olga")}
    assert "Pier 9 Sewer Renewal" in shown["pam"]
    assert "Noise Barrier" in shown["pam"]
    assert "Pier 9 Sewer Renewal" in shown["stan"]
    assert "Noise Barrier" not in shown["stan"]
    for name in ("ann", "bob", "adam", "olga"):
        assert "You are in no project yet." in shown[name]
    assert as_("nobody").get("/projects/").status_code == 302


def test_the_list_is_filtered_and_shows_where_things_stand(as_: Any, stage: Stage) -> None:
    stage.ready_budget()
    text = as_("pam").get("/projects/?q=PIER").text
    assert "Noise Barrier" not in text
    row = text.split(f'id="project-{stage.pier.id}"')[1].split("</tr>")[0]
    assert re.findall("Synced|Locked|Ready", row) == ["Synced", "Locked", "Ready"]
    assert "No project has “zzz”" in as_("pam").get("/projects/?q=zzz").text


@pytest.mark.parametrize(
    ("name", "status"), [("pam", 200), ("olga", 200), ("ann", 403), ("bob", 403), ("stan", 403), ("adam", 403), ("nobody", 302)]
)
def test_who_may_create_a_project(as_: Any, connection: Connection, name: str, status: int) -> None:
    assert as_(name).get("/projects/new").status_code == status
    answer = as_(name).post("/projects/new", data=NEW | {"connection_id": connection.id})
    assert (answer.status_code == 303) == (status == 200)
    assert (found("Ferry Terminal") is not None) == (status == 200) or name == "nobody"


def test_the_form_has_the_labels_of_the_field(as_: Any, connection: Connection) -> None:
    text = as_("pam").get("/projects/new").text
    labels = [re.sub("<[^>]+>", "", label).strip() for label in re.findall(r"<label[^>]*>(.*?)</label>", text, re.DOTALL)]
    assert [label for label in LABELS if label not in labels] == []
    assert f'<option selected value="{connection.id}">' in text
    assert "<legend>Tools switched on</legend>" in text


def test_a_new_project_is_whole_and_pam_is_admin_on_it(as_: Any, people: SimpleNamespace, connection: Connection) -> None:
    answer = as_("pam").post(
        "/projects/new", data=NEW | {"connection_id": connection.id, "approver_ids": [people.ann.id]}, follow_redirects=True
    )
    made = found("Ferry Terminal")
    assert made
    assert (made.number, made.street, made.street2, made.city, made.region, made.postal_code) == (
        "26-0001", "1 Wharf", "Gate B", "Bayview", "CA", "94111")  # fmt: skip
    assert (made.wished_customer, made.erp_integrated, made.tools, made.approver_ids) == (
        "Port",
        True,
        ["budget", "reports"],
        [people.ann.id],
    )
    assert "Ferry Terminal was created" in answer.text
    db.session.expire_all()
    assert people.pam.level("project_admin", made.id) == Level.ADMIN


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("title", "", "Name is missing. Write it."), ("number", "   ", "Number is missing."),
    ("title", "x" * 256, "Name has 256 characters; at most 255 fit."),
    ("city", "Bay\x00view", "City has a control character (U+0000) at place 4."),
    ("title", "Pier\r\nBcc: x", "Name has a control character"),
    ("connection_id", "99", "Not a valid choice"), ("connection_id", "x", "Invalid Choice"),
    ("tools", "launch_rockets", "launch_rockets"),
    ("approver_ids", "99", "99"),
])  # fmt: skip
def test_a_wrong_field_is_said_beside_it_and_the_input_stays(
    as_: Any, connection: Connection, field: str, value: str, sentence: str
) -> None:
    answer = as_("pam").post(
        "/projects/new", data=NEW | {"connection_id": connection.id, "wished_customer": "Kept input", field: value}
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Kept input" in answer.text
    assert db.session.scalars(select(Project)).all() == []


def test_columns_that_the_form_does_not_have_are_ignored(as_: Any, people: SimpleNamespace, connection: Connection) -> None:
    extra = {
        "state": "Synced",
        "kind": "budget",
        "created_by": people.olga.id,
        "version": 7,
        "id": 99,
        "project_id": 99,
        "owner": 1,
    }
    as_("pam").post("/projects/new", data=NEW | {"connection_id": connection.id} | extra)
    made = found("Ferry Terminal")
    assert made
    assert (made.created_by, made.version, made.project_id, made.kind) == (people.pam.id, 1, made.id, "job")


@pytest.mark.parametrize("path", ["", "/edit", "/team"])
@pytest.mark.parametrize(
    ("level", "statuses"), [(Level.READ, (200, 403, 403)), (Level.STANDARD, (200, 403, 403)), (Level.ADMIN, (200, 200, 200))]
)
def test_what_a_level_on_project_admin_opens(
    as_: Any, people: SimpleNamespace, pier: Project, path: str, level: Level, statuses: tuple[int, ...]
) -> None:
    team.add(pier, people.pam, "stan@x.test", level)
    db.session.commit()
    wanted = statuses[("", "/edit", "/team").index(path)]
    assert as_("stan").get(f"/projects/{pier.id}{path}").status_code == wanted
    if path:
        assert as_("stan").post(f"/projects/{pier.id}{path}", data={}).status_code in ({403} if wanted == 403 else {303, 422})
    assert as_("stan").get(f"/projects/{pier.id - 1}{path}").status_code == 404
    assert as_("stan").post(f"/projects/{pier.id - 1}/team/people", data={"email": "bob@x.test", "level": "3"}).status_code == 404


def test_the_page_shows_the_facts_the_team_and_the_way_to_accounting(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    project.edit(pier, people.pam, None, approver_ids=[people.ann.id])
    db.session.commit()
    text = as_("pam").get(f"/projects/{pier.id}").text
    for words in (
        "25-1361",
        "9 Pier Road, Bayview CA 94111",
        "City of Bayview",
        "QuickBooks · Harbor &amp; Hill",
        "Send to ERP",
        "Ann",
        "Edit team",
    ):
        assert words in text
    assert f'href="/projects/{pier.id}/budget"' in text


def edited(pier: Project, **values: Any) -> dict[str, Any]:
    names = (
        "number",
        "title",
        "street",
        "street2",
        "city",
        "region",
        "postal_code",
        "wished_customer",
        "connection_id",
        "tools",
        "version",
    )
    return {name: getattr(pier, name) for name in names} | {"erp_integrated": "y"} | values


def test_saving_goes_back_to_the_project(as_: Any, pier: Project) -> None:
    answer = as_("pam").post(f"/projects/{pier.id}/edit", data=edited(pier, title="Pier 10", tools=[]))
    assert (answer.status_code, answer.location) == (303, f"/projects/{pier.id}")
    db.session.expire_all()
    assert (pier.name, pier.tools) == ("Pier 10", [])


def test_a_stale_page_overwrites_nothing_keeps_the_input_and_shows_what_is_there(as_: Any, pier: Project) -> None:
    old = edited(pier, title="Pam's other tab", city="Elsewhere")
    as_("pam").post(f"/projects/{pier.id}/edit", data=edited(pier, title="Saved first"))
    answer = as_("pam").post(f"/projects/{pier.id}/edit", data=old)
    assert answer.status_code == 409
    for words in (
        "Somebody saved this meanwhile",
        "Pam&#39;s other tab",
        "Elsewhere",
        "<li>Name: Saved first</li>",
        "<li>City: Bayview</li>",
    ):
        assert words in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    db.session.expire_all()
    assert pier.name == "Saved first"


@pytest.mark.parametrize("version", ["0", "x", "99999999999999999999", "-1"])
def test_a_made_up_version_saves_nothing(as_: Any, pier: Project, version: str) -> None:
    assert as_("pam").post(f"/projects/{pier.id}/edit", data=edited(pier, title="x", version=version)).status_code in (409, 422)
    db.session.expire_all()
    assert pier.name == "Pier 9 Sewer Renewal"


def test_while_it_is_sent_the_form_says_why_fields_stand_and_the_post_refuses_them(as_: Any, stage: Stage) -> None:
    stage.job()
    pam, url = as_("pam"), f"/projects/{stage.pier.id}/edit"
    text = pam.get(url).text
    assert text.count("is Ready there. Retrieve it first") == 1
    for field in ("number", "title", "street", "street2", "city", "region", "postal_code"):
        assert re.search(rf'<input[^>]*id="{field}"[^>]*readonly', text)
    answer = pam.post(url, data=edited(stage.pier, title="Other"))
    assert answer.status_code == 422
    assert "Name was not changed. The project was sent to ERP and is Ready there." in answer.text
    answer = pam.post(url, data=edited(stage.pier, connection_id=0))
    assert "Connection was not changed. The project was sent to Harbor &amp; Hill; it stays there." in answer.text
    assert pam.post(url, data=edited(stage.pier, wished_customer="Other")).status_code == 303


def test_what_people_type_is_never_markup(as_: Any, people: SimpleNamespace, connection: Connection) -> None:
    attack = "<script>alert(1)</script>\" hx-get=/x onload='"
    made = project.create(
        people.pam, number=attack, title=attack, street=attack, wished_customer=attack, connection_id=connection.id
    )
    db.session.commit()
    for path in ("/projects/", f"/projects/{made.id}", f"/projects/{made.id}/edit", f"/projects/{made.id}/team",
    f"/projects/{made.id}/budget",
                 f"/projects/{made.id}/budget/import", "/projects/?q=<script>alert(1)</script>"):  # fmt: skip
        text = as_("pam").get(path).text
        assert "<script>alert" not in text
        assert '" hx-get=/x' not in text


def grid(people: SimpleNamespace, pier: Project, **levels: str) -> dict[str, Any]:
    return {"version": pier.version} | {f"level-{getattr(people, name.split('_', 1)[0]).id}-{name.split('_', 1)[1]}": level
                                        for name, level in levels.items()}  # fmt: skip


def test_the_grid_has_a_drop_down_per_person_and_tool(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    text = as_("pam").get(f"/projects/{pier.id}/team").text
    for tool in ("Project Admin", "Budget", "Commitments", "Change Orders", "Prime Contracts", "Reports"):
        assert f'aria-label="{tool} of Pam"' in text
    assert "of Stan" not in text


def test_a_person_is_added_and_gets_levels(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    pam, url = as_("pam"), f"/projects/{pier.id}/team"
    answer = pam.post(f"{url}/people", data={"email": "stan@x.test", "level": "1"}, follow_redirects=True)
    assert "stan@x.test is in the team now." in answer.text
    db.session.expire_all()
    assert (
        pam.post(
            url, data=grid(people, pier, stan_budget="2", stan_reports="0", bob_budget="3", stan_erp="3", pam_budget="9")
        ).status_code
        == 303
    )
    db.session.expire_all()
    assert [people.stan.level(tool, pier.id) for tool in ("budget", "reports", "commitments")] == [
        Level.STANDARD,
        Level.NONE,
        Level.READ,
    ]
    assert (people.bob.level("budget", pier.id), people.stan.level("erp")) == (Level.NONE, Level.STANDARD)
    assert people.pam.level("budget", pier.id) == Level.ADMIN


@pytest.mark.parametrize(("email", "level", "words"), [
    ("nobody@x.test", "1", "Nobody here has the e-mail nobody@x.test. Olga adds people."),
    ("pam@x.test", "1", "Pam is in the team already"),
    ("", "1", "Nobody here has the e-mail"), ("stan@x.test", "0", "Not a valid choice"),
    ("stan@x.test", "9", "Not a valid choice"),
])  # fmt: skip
def test_who_cannot_be_added_is_said_beside_the_field(as_: Any, pier: Project, email: str, level: str, words: str) -> None:
    answer = as_("pam").post(f"/projects/{pier.id}/team/people", data={"email": email, "level": level})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_last_project_admin_stays(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    answer = as_("pam").post(f"/projects/{pier.id}/team", data=grid(people, pier, pam_project_admin="2"))
    assert answer.status_code == 422
    assert "Somebody must be Admin on Project Admin." in answer.text
    db.session.expire_all()
    assert people.pam.level("project_admin", pier.id) == Level.ADMIN


def test_a_stale_grid_saves_nothing(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    old = grid(people, pier, pam_budget="0")
    as_("pam").post(f"/projects/{pier.id}/team/people", data={"email": "stan@x.test", "level": "1"})
    answer = as_("pam").post(f"/projects/{pier.id}/team", data=old)
    assert answer.status_code == 409
    assert "Somebody saved this meanwhile" in answer.text
    db.session.expire_all()
    assert people.pam.level("budget", pier.id) == Level.ADMIN


def test_who_gives_up_project_admin_goes_back_to_his_list(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    team.add(pier, people.pam, "stan@x.test", Level.ADMIN)
    db.session.commit()
    answer = as_("pam").post(f"/projects/{pier.id}/team", data=grid(people, pier, pam_project_admin="0"))
    assert answer.location == "/projects/"


def test_every_form_carries_the_token_and_nothing_is_inline(as_: Any, pier: Project) -> None:
    for path in ("/projects/", "/projects/new", f"/projects/{pier.id}", f"/projects/{pier.id}/edit", f"/projects/{pier.id}/team"):
        text = as_("pam").get(path).text
        assert text.count('method="post"') == text.count('name="csrf_token"')
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|js:", text)


def test_without_the_token_nothing_is_saved(app: Flask, as_: Any, pier: Project) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/projects/new", f"/projects/{pier.id}/edit", f"/projects/{pier.id}/team", f"/projects/{pier.id}/team/people"):
        assert as_("pam").post(path, data=edited(pier, title="x")).status_code == 400
