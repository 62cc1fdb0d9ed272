"""Standard cost codes in the browser: list, add, edit, import, send many."""

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from erp.audit import System
from erp.connections import Connection
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db
from erp.documents import cost_code
from erp.documents.cost_code import CostCode
from erp.items import Item, find
from erp.items.perform import Refused
from erp.kind import Reason
from erp.moves import Stale
from erp.states import State
from tests.unit.stage import Stage

NEW = {"code": "26-0500", "name": "Electrical", "division": "auto"}


@pytest.mark.parametrize(("name", "see", "edit", "send"), [
    ("pam", 200, 200, 403), ("adam", 200, 200, 303), ("ann", 403, 403, 403), ("bob", 403, 403, 403), ("stan", 403, 403, 403),
    ("olga", 403, 403, 403), ("nobody", 302, 302, 302),
])  # fmt: skip
def test_who_may_see_edit_and_send_codes(
    as_: Any, connection: Connection, codes: list[CostCode], name: str, see: int, edit: int, send: int
) -> None:
    assert as_(name).get("/cost-codes/").status_code == see
    for path in ("/cost-codes/new", "/cost-codes/import", f"/cost-codes/{codes[0].id}/edit"):
        assert as_(name).get(path).status_code == edit
        assert as_(name).post(path, data={"code": ""}).status_code == (422 if edit == 200 else edit)
    assert as_(name).post("/cost-codes/sending", data={"connection_id": connection.id}).status_code == send


def test_codes_stand_below_their_divisions_with_their_state_on_each_connection(as_: Any, stage: Stage) -> None:
    second, _ = make_connection("Pier Works", "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    stage.send("cost_code", stage.codes[0])
    text = as_("adam").get("/cost-codes/").text
    assert re.findall(r'<td data-label="Code" class="code">(?:<[^>]+>)?([^<]+)', text) == [
        "32",
        "32-1200",
        "32-1600",
        "33",
        "33-3100",
    ]
    row = text.split(f'id="code-{stage.codes[0].id}"')[1].split("</tr>")[0]
    assert re.findall("Ready|Never sent", row) == ["Ready", "Never sent"]
    assert text.count(">Send to ERP</button>") == 2
    assert second.title in text


def test_the_list_is_filtered(as_: Any, codes: list[CostCode]) -> None:
    text = as_("pam").get("/cost-codes/?q=curbs").text
    assert "32-1600" in text
    assert "33-3100" not in text
    assert as_("pam").get("/cost-codes/?q=%00").status_code == 200
    assert "No cost code has “zzz” in it." in as_("pam").get("/cost-codes/?q=zzz").text


def test_an_empty_list_says_how_to_fill_it(as_: Any) -> None:
    assert "There are no standard cost codes yet." in as_("pam").get("/cost-codes/").text


def test_pam_learns_why_she_cannot_send(as_: Any, connection: Connection, codes: list[CostCode]) -> None:
    text = as_("pam").get("/cost-codes/").text
    assert re.search(r'aria-disabled="true"[^>]*>Send to ERP<', text)
    assert "You need Admin on Company Admin. The owner can change that." in text
    assert 'name="ids"' not in text


def test_a_code_is_added_below_its_division(as_: Any, codes: list[CostCode]) -> None:
    answer = as_("pam").post("/cost-codes/new", data=NEW, follow_redirects=True)
    assert "26-0500 was added." in answer.text
    assert [as_("pam").post("/cost-codes/new", data=NEW | {"code": code, "division": division}).status_code
            for code, division in (("99-1", "=32"), ("99-2", "none"))] == [303, 303]  # fmt: skip
    made = [cost_code.find(code) for code in ("26-0500", "99-1", "99-2")]
    assert [code and code.division and code.division.code for code in made] == ["26", "32", None]


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("code", "32-1200", "32-1200 is there already: Asphalt paving."), ("code", "", "Code is missing."),
    ("name", "", "Name is missing."),
    ("name", "x" * 256, "at most 255 fit"), ("code", "2\x016", "Code has a control character"),
    ("division", "=nowhere", "Not a valid choice"),
    ("code", "32-1200-1", ""),
])  # fmt: skip
def test_a_wrong_code_is_said_beside_its_field(as_: Any, codes: list[CostCode], field: str, value: str, sentence: str) -> None:
    answer = as_("pam").post("/cost-codes/new", data=NEW | {field: value})
    assert answer.status_code == (422 if sentence else 303)
    assert sentence in answer.text


def test_a_code_is_edited_and_a_stale_page_changes_nothing(as_: Any, codes: list[CostCode]) -> None:
    url, data = f"/cost-codes/{codes[0].id}/edit", {"code": "32-1200", "name": "Asphalt", "division": "=32", "version": "1"}
    assert '<option selected value="=32">' in as_("pam").get(url).text
    assert as_("pam").post(url, data=data).status_code == 303
    answer = as_("pam").post(url, data=data | {"name": "Beton"})
    assert answer.status_code == 409
    assert "Somebody saved this meanwhile" in answer.text
    assert "Beton" in answer.text
    db.session.expire_all()
    assert codes[0].name == "Asphalt"
    assert as_("pam").get("/cost-codes/999/edit").status_code == 404


def test_a_sent_code_stands_and_says_why(as_: Any, stage: Stage) -> None:
    stage.send("cost_code", stage.codes[0])
    url = f"/cost-codes/{stage.codes[0].id}/edit"
    assert re.search(r'aria-disabled="true"[^>]*>Save<', as_("adam").get(url).text)
    answer = as_("adam").post(url, data={"code": "32-1200", "name": "Other", "division": "=32"})
    assert answer.status_code == 422
    assert "32-1200 was sent to Harbor &amp; Hill and is Ready there." in answer.text


def send(browser: Any, connection: Connection, *ids: Any) -> Any:
    return browser.post("/cost-codes/sending", data={"connection_id": connection.id, "ids": list(ids)}, follow_redirects=True)


def test_many_codes_are_sent_with_their_divisions_in_one_click(as_: Any, stage: Stage) -> None:
    answer = send(as_("adam"), stage.connection, *(code.id for code in stage.codes))
    assert "3 sent to Harbor &amp; Hill." in answer.text
    items = db.session.scalars(db.select(Item)).all()
    assert {item.number: item.state for item in items} == dict.fromkeys(
        ("32", "32-1200", "32-1600", "33", "33-3100"), State.READY
    )


def test_what_cannot_go_is_named_with_its_reason_and_the_others_go(as_: Any, people: SimpleNamespace, stage: Stage) -> None:
    stage.send("cost_code", stage.codes[0])
    long = cost_code.create(people.adam, "32-" + "9" * 40, "Too long for QuickBooks")
    db.session.commit()
    text = send(as_("adam"), stage.connection, stage.codes[0].id, stage.codes[1].id, long.id).text
    assert "1 sent to Harbor &amp; Hill." in text
    assert "1 not sent (32-1200): It was sent to ERP already and waits for accounting." in text
    assert f"1 not sent ({long.code[:40]})" in text
    assert find(stage.connection.id, long.id) is None
    item = find(stage.connection.id, stage.codes[1].id)
    assert item
    assert item.state == State.READY


def test_the_same_reason_is_said_once_with_its_count(
    as_: Any, people: SimpleNamespace, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        cost_code.create(people.adam, f"44-{number}", "x")
    db.session.commit()

    def no(kind: str, connection: Any, document: Any, actor: Any) -> None:
        raise Refused([Reason("Because.")])

    monkeypatch.setattr("erp.web.many.send", no)
    ids = [code.id for code in cost_code.every() if code.code.startswith("44-")]
    assert "8 not sent (44-0, 44-1, 44-2, 44-3, 44-4 and 3 more): Because." in send(as_("adam"), stage.connection, *ids).text


def test_who_was_first_is_said_and_a_half_sent_code_leaves_nothing(
    as_: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from erp.items import perform

    real = perform.send

    def half(kind: str, connection: Any, document: Any, actor: Any) -> Any:
        item = real(kind, connection, document, actor)
        if document.id == stage.codes[0].id:
            raise Stale(item, None)
        return item

    monkeypatch.setattr("erp.web.many.send", half)
    text = send(as_("adam"), stage.connection, stage.codes[0].id, stage.codes[2].id).text
    assert "It changed meanwhile. It is now Ready" in text
    assert "1 sent to" in text
    assert find(stage.connection.id, stage.codes[0].id) is None
    assert find(stage.connection.id, stage.codes[2].id)


def test_nothing_chosen_and_made_up_numbers_send_nothing(as_: Any, stage: Stage) -> None:
    assert "Nothing was chosen." in send(as_("adam"), stage.connection).text
    text = send(as_("adam"), stage.connection, 999, -1, "x", "9" * 30, stage.pier.id).text
    assert "Nothing was chosen." in text
    for connection in ("", "x", "999", "9" * 30):
        assert (
            as_("adam").post("/cost-codes/sending", data={"connection_id": connection, "ids": [stage.codes[0].id]}).status_code
            == 404
        )
    assert db.session.scalars(db.select(Item)).all() == []


TABLE = b"Code,Name,Division\n32,Exterior,\n26,Electrical,\n26-0500,Common work,26\n32-1200,Known,32\n"


def choose(browser: Any, data: bytes = TABLE, name: str = "codes.csv") -> Any:
    return browser.post("/cost-codes/import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_codes_are_imported_in_three_steps(as_: Any, codes: list[CostCode]) -> None:
    at = choose(as_("pam")).location
    assert '<option selected value="2">Division</option>' in as_("pam").get(at).text
    url = f"{at}/preview?code=0&name=1&division=2"
    shown = as_("pam").get(url).text
    for words in ("codes.csv", "they stay as they are: 32, 32-1200", "26-0500", "is a division"):
        assert words in shown
    assert cost_code.find("26-0500") is None
    assert "Imported: 1 cost code and 1 division." in as_("pam").post(url, follow_redirects=True).text
    made = cost_code.find("26-0500")
    assert made
    assert made.division
    assert (made.division.code, made.division.name) == ("26", "Electrical")
    pam = as_("pam")
    for ask in (pam.get, pam.post):
        assert ask(url).location == "/cost-codes/"
        assert "codes.csv was imported already, so its preview is gone." in pam.get("/cost-codes/").text
    assert as_("adam").get(url).status_code == 404, "it was not his"


def test_rows_with_errors_stop_the_import_until_they_are_left_out(as_: Any) -> None:
    url = choose(as_("pam"), b"Code,Name\nA-1,One\n,Two\nA-2,\n").location + "/preview?code=0&name=1"
    shown = as_("pam").get(url).text
    for words in ("2 rows have errors", "Code is missing. Write it.", "Name is missing. Write it."):
        assert words in shown
    answer = as_("pam").post(url)
    assert answer.status_code == 422
    assert "Nothing was imported." in answer.text
    assert as_("pam").post(url, data={"leave_out": "y"}).status_code == 303
    assert [code.code for code in cost_code.every()] == ["A", "A-1"]


def test_a_bad_file_and_a_bad_mapping_ask_again(as_: Any) -> None:
    assert "The file is empty." in choose(as_("pam"), b"").text
    at = choose(as_("pam")).location
    for mapping in ("?code=9&name=1", "?code=0&name=", "?code=0&name=1&division=x"):
        assert as_("pam").get(f"{at}/preview{mapping}").status_code == 422
    assert as_("adam").get(at).status_code == 404


def test_every_form_carries_the_token_and_nothing_is_inline(
    app: Flask, as_: Any, connection: Connection, codes: list[CostCode]
) -> None:
    for path in (
        "/cost-codes/",
        "/cost-codes/new",
        "/cost-codes/import",
        f"/cost-codes/{codes[0].id}/edit",
        choose(as_("adam")).location,
    ):
        text = as_("adam").get(path).text
        assert text.count('method="post"') == text.count('name="csrf_token"')
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|js:", text)
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/cost-codes/new", "/cost-codes/import", "/cost-codes/sending", f"/cost-codes/{codes[0].id}/edit"):
        assert as_("adam").post(path, data=NEW).status_code == 400


def test_what_people_type_is_never_markup(as_: Any, people: SimpleNamespace, connection: Connection) -> None:
    attack = "<script>alert(1)</script>"
    made = cost_code.create(people.adam, attack, attack, "<b>Division</b>")
    db.session.commit()
    for path in ("/cost-codes/", f"/cost-codes/{made.id}/edit", "/cost-codes/new", f"/cost-codes/?q={attack}"):
        text = as_("adam").get(path).text
        assert attack not in text
        assert "<b>Division" not in text
