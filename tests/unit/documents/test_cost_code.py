"""Standard cost codes and their divisions."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from erp import audit
from erp.db import db
from erp.documents import cost_code
from erp.documents.cost_code import CodeRefused, CostCode, New, division_of
from erp.documents.cost_code_list import listing
from erp.documents.document import StaleDocument
from erp.states import State


@pytest.mark.parametrize(("code", "division"), [
    ("03-3000", "03"), ("G-1", "G"), ("03 30 00", "03"), ("3.1", "3"), ("CO-01 - PCO-01 - R-09", "CO"), ("1000", ""), ("-1", ""),
    ("R-", ""), ("", ""),
])  # fmt: skip
def test_the_shape_of_a_code_names_its_division(code: str, division: str) -> None:
    assert division_of(code) == division


def test_a_code_brings_its_division_with_it_once(people: SimpleNamespace, codes: list[CostCode]) -> None:
    assert [row.code for row in cost_code.every()] == ["03", "03-2000", "03-3000", "33", "33-3100"]
    assert codes[0].division is codes[1].division
    again = cost_code.create(people.adam, "03-4000", "Precast")
    assert again.division is codes[0].division


def test_a_chosen_division_wins_over_the_shape(people: SimpleNamespace, codes: list[CostCode]) -> None:
    assert cost_code.create(people.adam, "99-1", "Elsewhere", "33").division is codes[2].division
    assert cost_code.create(people.adam, "99-2", "Nowhere", "").division is None


def test_codes_are_found_whatever_their_capitals(people: SimpleNamespace) -> None:
    made = cost_code.create(people.adam, "sw-1", "Sewer")
    assert cost_code.find(" SW-1 ") is made
    assert cost_code.find("SW", is_division=True) is made.division
    assert cost_code.find("SW") is None
    assert cost_code.find("sw\x00-1") is None


@pytest.mark.parametrize(("code", "name", "division", "field", "words"), [
    ("03-3000", "Again", None, "code", "03-3000 is there already: Cast-in-place concrete"),
    ("03", "Concrete", None, "code", "03 is there already"),
    ("", "x", None, "code", "Code is missing"), ("1-1", "", None, "name", "Name is missing"),
    ("1\x00-1", "x", None, "code", "Code has a control character"), ("1-1", "x" * 256, None, "name", "has 256 characters"),
    ("03-3000-1", "x", "03-3000", "division", "03-3000 is a cost code itself"),
    ("44", "x", "44", "division", "44 is a cost code itself"),
])  # fmt: skip
def test_what_cannot_be_a_code_is_refused_at_its_field(
    people: SimpleNamespace, codes: list[CostCode], code: str, name: str, division: str | None, field: str, words: str
) -> None:
    with pytest.raises(CodeRefused, match=words) as refused:
        cost_code.create(people.adam, code, name, division)
    assert refused.value.field == field


def test_a_code_that_others_would_stand_below_stays_a_code(people: SimpleNamespace) -> None:
    cost_code.create(people.adam, "44", "Forty-four")
    with pytest.raises(CodeRefused, match="44 is a cost code itself, so it cannot be a division"):
        cost_code.create(people.adam, "44-1", "Below")


def test_editing_moves_a_code_and_says_what_was_there(people: SimpleNamespace, codes: list[CostCode]) -> None:
    cost_code.edit(codes[0], people.adam, 1, "44-3000", "Concrete", None)
    assert (codes[0].code, codes[0].number, codes[0].name) == ("44-3000", "44-3000", "Concrete")
    assert codes[0].division and codes[0].division.code == "44"
    assert audit.history(codes[0].subject)[-1].details["was"] == {
        "code": "03-3000",
        "name": "Cast-in-place concrete",
        "division": "03",
        "short": "",
    }
    cost_code.edit(codes[0], people.adam, 2, "44-3000", "Concrete", "")
    assert codes[0].division is None


def test_an_older_page_saves_nothing(people: SimpleNamespace, codes: list[CostCode]) -> None:
    cost_code.edit(codes[0], people.adam, 1, "03-3000", "Concrete", "03")
    with pytest.raises(StaleDocument):
        cost_code.edit(codes[0], people.adam, 1, "03-3000", "Beton", "03")


@pytest.mark.parametrize("state", [state for state in State if state not in (State.WITH_PM, State.SYNCED)])
def test_a_code_on_its_way_stands(
    people: SimpleNamespace, codes: list[CostCode], at: Callable[..., object], state: State
) -> None:
    at("cost_code", codes[0], state)
    with pytest.raises(CodeRefused, match=f"03-3000 was sent to Harbor & Hill and is {state} there"):
        cost_code.edit(codes[0], people.adam, None, "03-3000", "Concrete", "03")
    cost_code.edit(codes[1], people.adam, None, "03-2000", "Steel", "03")


def test_a_synced_code_can_be_edited_and_is_re_sent(
    people: SimpleNamespace, codes: list[CostCode], at: Callable[..., object]
) -> None:
    at("cost_code", codes[0], State.SYNCED, True)
    cost_code.edit(codes[0], people.adam, None, "03-3000", "Concrete", "03")
    assert codes[0].name == "Concrete"


def test_many_codes_are_made_at_once_each_with_its_event(people: SimpleNamespace, codes: list[CostCode]) -> None:
    made = cost_code.create_many(
        people.adam, [New("G-1", "Mobilization", "G"), New("03-9", "Grout", "03"), New("X", "Alone", "")]
    )
    rows = {row.code: row for row in cost_code.every()}
    assert made == {"g-1": rows["G-1"].id, "03-9": rows["03-9"].id, "x": rows["X"].id}
    assert rows["G-1"].division is rows["G"]
    assert rows["03-9"].division is codes[0].division
    assert rows["X"].division is None
    assert [(event.action, event.actor) for event in audit.history(rows["G"].subject)] == [("create", "Adam")]


def test_the_list_has_divisions_above_their_codes_and_the_items_of_each(
    people: SimpleNamespace, codes: list[CostCode], at: Callable[..., object]
) -> None:
    cost_code.create(people.adam, "ZZ-1", "Placed below concrete", "03")
    at("cost_code", codes[0], State.READY)
    shown = listing()
    assert [row.code for row in shown.codes] == ["03", "03-2000", "03-3000", "ZZ-1", "33", "33-3100"]
    assert {key[0]: item.state for key, item in shown.items.items()} == {codes[0].id: State.READY}
    assert (shown.found, shown.pages) == (6, 1)


@pytest.mark.parametrize(("words", "found"), [
    ("steel", ["03-2000"]), ("33", ["33", "33-3100"]), ("CONCRETE", ["03-3000"]), ("%", []), ("_", []), ("!", []), ("  ", 5),
])  # fmt: skip
def test_the_filter_looks_at_numbers_names_and_divisions(codes: list[CostCode], words: str, found: list[str] | int) -> None:
    shown = [row.code for row in listing(words).codes]
    assert shown == found or len(shown) == found


def test_the_list_has_pages(people: SimpleNamespace, codes: list[CostCode]) -> None:
    assert [[row.code for row in listing("", page, 2).codes] for page in (1, 2, 3)] == [
        ["03", "03-2000"],
        ["03-3000", "33"],
        ["33-3100"],
    ]
    assert listing("", 99, 2).page == 3
    assert listing("", -1, 2).page == 1


def test_no_two_codes_share_a_number_even_in_the_database(people: SimpleNamespace, codes: list[CostCode]) -> None:
    from sqlalchemy.exc import IntegrityError

    db.session.add(CostCode(kind="cost_code", number="33", title="x", created_at=codes[0].created_at, version=1, code="33",
                            is_division=False, active=True))  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_code_may_have_a_short_name_which_stays_until_another_is_given(people: SimpleNamespace) -> None:
    made = cost_code.create(people.adam, "05-1200", "Structural steel framing", short=" Steel ")
    assert made.short == "Steel"
    cost_code.edit(made, people.adam, 1, "05-1200", "Framing")
    assert (made.name, made.short) == ("Framing", "Steel")
    cost_code.edit(made, people.adam, 2, "05-1200", "Framing", short="")
    assert made.short == ""
    assert audit.history(made.subject)[-1].details["was"]["short"] == "Steel"


@pytest.mark.parametrize(("short", "said"), [("x" * 31, "Abbreviation has 31 characters; at most 30 fit."),
                                             ("a\x07", "Abbreviation has a control character")])  # fmt: skip
def test_a_short_name_is_short_and_can_be_written(people: SimpleNamespace, short: str, said: str) -> None:
    with pytest.raises(CodeRefused, match=said) as refused:
        cost_code.create(people.adam, "05-1200", "Steel", short=short)
    assert refused.value.field == "short"
    assert cost_code.create(people.adam, "05-1200", "Steel", short="x" * 30).short == "x" * 30
