"""The grid of Default Cost Types in the browser: who may, each click saved, a column for all, and the line it makes in a budget."""

import re
from typing import Any

import pytest
from flask import Flask

from erp.db import db
from erp.documents import budget as budgets
from erp.documents import cost_code, default_types
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.web import default_types as grid
from tests.unit.web.pages import all_words, page, told, words

HTMX = {"HX-Request": "true"}
URL = "/cost-codes/default-types"


def pressed(answer: Any) -> list[str]:
    """The cells that are on."""
    return [cell.get("aria-label") for cell in page(answer).xpath("//td/button[@aria-pressed='true']")]


def button(answer: Any, label: str) -> str:
    """What the button with this label, or this head, sends."""
    return str(page(answer).xpath(f"//button[@aria-label='{label}' or starts-with(normalize-space(), '{label}:')]/@value")[0])


@pytest.mark.parametrize(("name", "status"), [
    ("pam", 403), ("ann", 200), ("stan", 200), ("adam", 200), ("olga", 403), ("nobody", 302)])  # fmt: skip
def test_who_may_choose_default_types(as_: Any, codes: list[CostCode], name: str, status: int) -> None:
    assert as_(name).get(URL).status_code == status
    answer = as_(name).post(URL, data={"set": f"{codes[0].id}:L:1"})
    assert answer.status_code == (303 if status == 200 else status)
    assert default_types.of([codes[0].id]) == ({codes[0].id: "L"} if status == 200 else {})


def test_the_page_is_reached_from_the_codes_and_from_the_desk_by_who_may(
    as_: Any, connection: Any, codes: list[CostCode]
) -> None:
    desk = f"/erp/{connection.id}/cost_code/"
    seen = {name: [URL in as_(name).get(path).text for path in ("/cost-codes/", desk)] for name in ("pam", "stan", "adam")}
    assert seen == {"pam": [False, False], "stan": [False, True], "adam": [True, True]}


def test_each_click_is_saved_and_the_next_one_takes_it_back(as_: Any, codes: list[CostCode]) -> None:
    stan = as_("stan")
    for label in ("32-1200 Material", "32-1200 Labor"):
        assert stan.post(URL, data={"set": button(stan.get(URL), label)}).location == URL
    assert pressed(stan.get(URL)) == ["32-1200 Labor", "32-1200 Material"]
    stan.post(URL, data={"set": button(stan.get(URL), "32-1200 Material")})
    assert pressed(stan.get(URL)) == ["32-1200 Labor"]


def test_htmx_gets_the_row_and_the_heads_alone(as_: Any, codes: list[CostCode]) -> None:
    answer = as_("stan").post(URL, data={"set": f"{codes[0].id}:L:1"}, headers=HTMX)
    targets = re.findall(r'hx-target="([^"]+)"', answer.text)
    assert targets == [f"#types-{codes[0].id}", "#types-heads", "#flashes"]
    assert pressed(answer) == ["32-1200 Labor"]
    assert "32-1600" not in answer.text


def test_a_column_head_sets_all_of_the_list_on_every_page_and_takes_them_back(
    as_: Any, codes: list[CostCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "A_PAGE", 2)
    adam = as_("adam")
    answer = adam.post(URL, data={"set": button(adam.get(URL), "Subcontract"), "page": "2"})
    assert answer.location == f"{URL}?page=2"
    assert all_words(adam.get(answer.location), "//div[@id='flashes']/p") == ["3 cost codes now with Subcontract."]
    assert default_types.full() == {"S"}
    heads = adam.post(URL, data={"set": button(adam.get(URL), "Subcontract")}, headers=HTMX)
    assert "#types-rows" in heads.text
    assert told(heads) == ["3 cost codes no longer with Subcontract."]
    assert default_types.by_number() == {}


def test_a_column_head_keeps_to_the_words_of_the_filter(as_: Any, codes: list[CostCode]) -> None:
    adam = as_("adam")
    answer = adam.post(URL, data={"set": button(adam.get(f"{URL}?q=sewer"), "Equipment"), "q": "sewer"})
    assert answer.location == f"{URL}?q=sewer"
    assert default_types.by_number() == {"33-3100": "E"}


@pytest.mark.parametrize(("asked", "status"), [
    ("", 404), ("x:L:1", 404), ("999:L:1", 404), ("9" * 30 + ":L:1", 404), ("{code}:X:1", 303), ("all:x:1", 303), ("{code}", 303),
    ("{division}:L:1", 303),
])  # fmt: skip
def test_what_is_no_cell_changes_nothing(as_: Any, codes: list[CostCode], asked: str, status: int) -> None:
    division = cost_code.find("32", is_division=True)
    assert division
    data = {"set": asked.format(code=codes[0].id, division=division.id)}
    assert as_("adam").post(URL, data=data).status_code == status
    assert as_("adam").post(URL, data=data, headers=HTMX).status_code == (404 if status == 404 else 200)
    assert default_types.by_number() == {}


def test_divisions_stand_as_headings_and_empty_lists_say_how_to_fill_them(as_: Any, codes: list[CostCode]) -> None:
    text = as_("adam").get(URL).text
    assert text.count('<td colspan="5"></td>') == 2
    assert "No cost code has “zzz” in it." in as_("adam").get(f"{URL}?q=zzz").text
    assert text.count('method="post"') == text.count('name="csrf_token"')


def test_without_codes_the_page_says_what_comes_first(as_: Any) -> None:
    assert "There are no standard cost codes yet." in as_("adam").get(URL).text


def test_what_people_type_is_never_markup(app: Flask, as_: Any, people: Any) -> None:
    cost_code.create(people.adam, "<b>1</b>", "<script>alert(1)</script>", "")
    db.session.commit()
    text = as_("adam").get(URL).text
    assert "<script>alert" not in text
    assert "<b>1" not in text


# in the budget


def test_a_new_line_offers_the_default_types_first_once_there_are_any(as_: Any, pier: Project, codes: list[CostCode]) -> None:
    pam, at = as_("pam"), f"/projects/{pier.id}/budget"
    assert "Default types of the code" not in pam.get(at).text
    assert pam.post(f"{at}/lines", data={"code": "32-1200", "cost_type": "", "amount": "0"}).status_code == 422
    as_("stan").post(URL, data={"set": f"{codes[0].id}:L:1"})
    as_("stan").post(URL, data={"set": f"{codes[0].id}:S:1"})
    shown = pam.get(at)
    assert all_words(shown, "//select[@id='cost_type']/option")[0] == "Default types of the code"
    assert not page(shown).xpath("//select[@id='cost_type']/option[@selected and @value!='']")
    answer = pam.post(f"{at}/lines", data={"code": "32-1200", "cost_type": "", "amount": "0"}, follow_redirects=True)
    assert "32-1200 was added with the types L, S." in words(page(answer))
    budget = budgets.of(pier)
    assert budget
    assert [line.cost_type for line in budgets.page_of(budget)] == ["L", "S"]


@pytest.mark.parametrize(("code", "amount", "sentence"), [
    ("32-1200", "5.00", "Leave the amount 0 and write it on each line afterwards"),
    ("32-1600", "0", "32-1600 has no default cost types. Choose a cost type."),
])  # fmt: skip
def test_what_cannot_be_added_without_a_type_is_said_beside_the_field(
    as_: Any, people: Any, pier: Project, codes: list[CostCode], code: str, amount: str, sentence: str
) -> None:
    for letter in "LS":
        default_types.choose(codes[0], letter, True, people.adam)
    db.session.commit()
    answer = as_("pam").post(f"/projects/{pier.id}/budget/lines", data={"code": code, "cost_type": "", "amount": amount})
    assert answer.status_code == 422
    assert sentence in words(page(answer))
    assert not page(answer).xpath("//select[@id='cost_type']/option[@selected and @value!='']")
