"""The Directory in the browser: list, add, edit, send, and what is said while accounting has the old data."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import company as companies
from erp.documents.company import Company
from tests.unit.stage import Stage, row

NEW = {"title": "Harbor Welding", "street": "4 Forge Lane", "city": "Bayview", "tax_id": "12-3456789", "active": "y",
       "types": ["Subcontractor", "Supplier"]}  # fmt: skip


@pytest.mark.parametrize(("name", "see", "edit"), [
    ("pam", 200, 200), ("olga", 200, 200), ("ann", 403, 403), ("bob", 403, 403), ("stan", 403, 403), ("adam", 403, 403),
    ("nobody", 302, 302),
])  # fmt: skip
def test_who_may_see_and_edit_companies(as_: Any, stage: Stage, name: str, see: int, edit: int) -> None:
    made = stage.company()
    browser = as_(name)
    for path in ("/directory/", f"/directory/{made.id}"):
        assert browser.get(path).status_code == see
    for path in ("/directory/new", f"/directory/{made.id}/edit"):
        assert browser.get(path).status_code == edit
        assert browser.post(path, data={"title": ""}).status_code == (422 if edit == 200 else edit)
    shown = browser.get("/account/").text
    assert ('href="/directory/"' in shown) == (see == 200)


@pytest.mark.parametrize(
    ("name", "status"), [("ann", 404), ("stan", 404), ("adam", 404), ("nobody", 302), ("pam", 303), ("olga", 303)]
)
def test_who_sees_no_companies_sends_none(as_: Any, stage: Stage, name: str, status: int) -> None:
    made = stage.company()
    answer = as_(name).post(f"/documents/company/{made.id}/connections/{stage.connection.id}/sending")
    assert answer.status_code == status
    assert db.session.scalars(db.select(companies.Item)).all() == [] or name == "olga"


def test_a_reader_of_the_directory_sees_and_changes_nothing(as_: Any, people: SimpleNamespace, stage: Stage) -> None:
    made = stage.company()
    with transaction():
        next(grant for grant in people.pam.grants if grant.tool == "directory").level = 1
    pam = as_("pam")
    assert pam.get("/directory/").status_code == 200
    assert "New company" not in pam.get("/directory/").text
    assert "Edit company" not in pam.get(f"/directory/{made.id}").text
    assert pam.get("/directory/new").status_code == 403


def test_a_company_is_added_with_every_field(as_: Any, connection: Connection) -> None:
    answer = as_("pam").post("/directory/new", data=NEW, follow_redirects=True)
    assert "Harbor Welding was added." in answer.text
    for words in ("4 Forge Lane, Bayview", "12-3456789", "Subcontractor, Supplier"):
        assert words in answer.text
    made = companies.find("harbor welding")
    assert made
    assert (made.street, made.types, made.active) == ("4 Forge Lane", ["Subcontractor", "Supplier"], True)


@pytest.mark.parametrize(("values", "words"), [
    ({"title": ""}, "Name is missing. Write it."), ({"email": "office"}, "is no address. Write it like"),
    ({"phone": "5" * 256}, "Phone has 256 characters"), ({"title": "ATLAS"}, "Atlas is in the Directory already."),
    ({"types": ["Bank"]}, "not a valid choice"),
])  # fmt: skip
def test_what_cannot_be_saved_says_why_at_its_field_and_keeps_the_input(
    as_: Any, stage: Stage, values: dict[str, Any], words: str
) -> None:
    stage.company("Atlas")
    answer = as_("pam").post("/directory/new", data=NEW | values)
    assert answer.status_code == 422
    assert words in answer.text
    assert "4 Forge Lane" in answer.text
    assert companies.find("Harbor Welding") is None


def test_an_older_page_saves_nothing_and_shows_what_is_there(as_: Any, stage: Stage) -> None:
    made = stage.company()
    url, pam = f"/directory/{made.id}/edit", as_("pam")
    assert 'name="version"' in pam.get(url).text
    assert pam.post(url, data=NEW | {"version": "1", "phone": "555-1"}).status_code == 303
    answer = pam.post(url, data=NEW | {"version": "1", "phone": "555-2"})
    assert answer.status_code == 409
    assert "<li>Phone: 555-1</li>" in answer.text
    assert 'value="555-2"' in answer.text
    db.session.expire_all()
    assert made.phone == "555-1"
    assert pam.post(url, data=NEW | {"version": "2", "phone": "555-2"}).status_code == 303
    assert pam.get("/directory/999").status_code == pam.get("/directory/999/edit").status_code == 404


def test_the_list_is_filtered_and_says_how_to_fill_it(as_: Any, stage: Stage) -> None:
    pam = as_("pam")
    assert "There are no companies yet." in pam.get("/directory/").text
    stage.company()
    stage.company("Atlas", active=False)
    assert re.findall(r'data-key="Enter"[^>]*>([^<]+)', pam.get("/directory/").text) == ["Harbor Welding", "Atlas"]
    assert "Not active" in pam.get("/directory/?q=atlas").text
    assert "Harbor Welding" not in pam.get("/directory/?q=atlas").text
    assert "No company has “zzz” in it." in pam.get("/directory/?q=zzz").text
    assert pam.get("/directory/?q=%00&page=x").status_code == 200


def test_pam_learns_why_she_cannot_send_and_olga_sends(as_: Any, stage: Stage) -> None:
    made = stage.company()
    text = as_("pam").get(f"/directory/{made.id}").text
    assert re.search(r'aria-disabled="true"[^>]*>Send to ERP<', text)
    assert "You need Admin on Directory. The owner can change that." in text
    olga, url = as_("olga"), f"/documents/company/{made.id}/connections/{stage.connection.id}"
    assert ">Send to ERP</button>" in olga.get(f"/directory/{made.id}").text
    assert olga.post(f"{url}/sending").headers["Location"] == f"/directory/{made.id}"
    text = olga.get(f"/directory/{made.id}").text
    assert ">Retrieve from ERP</button>" in text
    answer = as_("pam").post(f"/directory/{made.id}/edit", data=NEW | {"version": "1"})
    assert answer.status_code == 422
    assert "Harbor Welding was sent to Harbor &amp; Hill and is Ready there. Retrieve it first" in answer.text
    assert re.search(r'aria-disabled="true"[^>]*>Save<', as_("pam").get(f"/directory/{made.id}/edit").text)
    olga.post(f"{url}/retrieval")
    assert ">Re-send to ERP</button>" in olga.get(f"/directory/{made.id}").text


def test_the_page_says_that_accounting_has_the_old_data_until_it_is_sent_again(as_: Any, stage: Stage) -> None:
    made = stage.company()
    stage.synced(stage.send("company", made))
    olga, url = as_("olga"), f"/directory/{made.id}"
    assert "There is nothing to send: accounting has it as it is here." in olga.get(url).text
    assert "old data" not in olga.get(url).text
    with transaction():
        companies.edit(made, stage.people.pam, None, street="5 Forge Lane", phone="555-1")
    text = olga.get(url).text
    assert "Accounting has the old data until it is sent again: Street, Phone." in text
    assert ">Re-send to ERP</button>" in text
    stage.send("company", made)
    assert "Accounting has the old data until it is exported: Street, Phone." in olga.get(url).text


def test_the_same_sentence_stands_on_a_changed_project_and_code(as_: Any, stage: Stage) -> None:
    stage.job_in_erp()
    code = stage.codes_in_erp()[-1]
    with transaction():
        stage.pier.street = "10 Pier Road"
        code.declaration.load(code.document_id).title = "Asphalt"
    assert "Accounting has the old data until it is sent again: Street." in as_("pam").get(f"/projects/{stage.pier.id}").text
    text = as_("adam").get(f"/cost-codes/{code.document_id}/edit").text
    assert "Accounting has the old data until it is sent again: Name." in text


def test_a_known_vendor_of_the_same_name_is_named_to_the_sender_and_to_the_approver(as_: Any, stage: Stage) -> None:
    stage.apply(row("vendor", "V1", "Harbor Welding"))
    made = stage.company()
    words = "the vendor Harbor Welding has this name in accounting."
    assert words in as_("olga").get(f"/directory/{made.id}").text
    item = stage.accepted("company", made)
    ann, desk = as_("ann"), f"/erp/{stage.connection.id}"
    assert words in ann.get(f"{desk}/items/{item.id}").text
    assert words in ann.get(f"{desk}/company/").text


def test_details_of_an_update_show_what_changed(as_: Any, stage: Stage) -> None:
    made = stage.company()
    item = stage.synced(stage.accepted("company", made))
    with transaction():
        companies.edit(made, stage.people.pam, None, street="5 Forge Lane")
    stage.send("company", made)
    ann, desk = as_("ann"), f"/erp/{stage.connection.id}"
    assert "Companies Ready to Be Updated" in ann.get(f"{desk}/company/ready-to-update").text
    assert "Harbor Welding" in ann.get(f"{desk}/company/ready-to-update").text
    assert re.search(r"Changed since \d\d \w+ \(1\)", ann.get(f"{desk}/items/{item.id}").text)
    text = ann.get(f"{desk}/items/{item.id}?tab=changes").text
    assert re.search(r'Street</th><td data-label="Accepted">–</td><td data-label="Now">5 Forge Lane', text)
    text = ann.get(f"{desk}/items/{item.id}?tab=accounting", headers={"HX-Request": "true"}).text
    assert "everything else on it stays as it is" in text
    assert text.count('scope="row"') == 1


def test_every_form_carries_the_token_and_what_people_type_is_never_markup(app: Flask, as_: Any, stage: Stage) -> None:
    attack = "<script>alert(1)</script>"
    made: Company = stage.company(attack, street=attack, email="a@b.test")
    pam = as_("pam")
    for path in (
        "/directory/",
        "/directory/new",
        f"/directory/{made.id}",
        f"/directory/{made.id}/edit",
        f"/directory/?q={attack}",
    ):
        text = pam.get(path).text
        assert attack not in text
        assert text.count('method="post"') == text.count('name="csrf_token"')
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|js:", text)
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/directory/new", f"/directory/{made.id}/edit"):
        assert pam.post(path, data=NEW).status_code == 400
