"""Default Cost Types: which types a code has, saved at each click, and what a budget makes of them."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from erp.audit import Event
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_codes, cost_code, default_types
from erp.documents.budget import Budget, BudgetRefused
from erp.documents.cost_code import CodeRefused, CostCode
from erp.documents.project import Project
from tests.unit.stage import statements


@pytest.fixture
def budget(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> Budget:
    """An empty budget; the noise project has a line of its own on the first code."""
    noise = budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam)
    budgets.add_line(noise, codes[0], "L", 999_00)
    made = budgets.open_for(pier, people.pam)
    db.session.commit()
    return made


def give(person, code, letters):
    for letter in letters:
        default_types.choose(code, letter, True, person)
    db.session.commit()


def told(code):
    asked = select(Event).where(Event.subject == code.subject, Event.action == "default_types").order_by(Event.id)
    return [(event.actor, event.details) for event in db.session.scalars(asked)]


def test_a_type_is_given_and_taken_each_with_its_event_and_a_second_click_changes_nothing(people, codes):
    assert default_types.choose(codes[0], "M", True, people.stan)
    assert not default_types.choose(codes[0], "M", True, people.stan)
    assert default_types.choose(codes[0], "L", True, people.stan)
    assert default_types.of([code.id for code in codes]) == {codes[0].id: "LM"}
    assert default_types.choose(codes[0], "M", False, people.stan)
    assert default_types.of([codes[0].id]) == {codes[0].id: "L"}
    assert told(codes[0]) == [("Stan", {"type": "M", "on": True}), ("Stan", {"type": "L", "on": True}),
                              ("Stan", {"type": "M", "on": False})]  # fmt: skip
    assert told(codes[1]) == []


def test_a_column_gives_the_type_to_every_code_and_only_what_changes_is_told(people, codes):
    give(people.adam, codes[1], "E")
    assert default_types.choose_all("E", True, people.adam) == 2
    assert default_types.full() == {"E"}
    assert [len(told(code)) for code in codes] == [1, 1, 1]
    assert default_types.choose_all("E", False, people.adam) == 3
    assert default_types.of([code.id for code in codes]) == {}


def test_a_column_of_a_filtered_list_touches_what_is_shown(people, codes):
    assert default_types.choose_all("S", True, people.adam, "03") == 2
    assert default_types.by_number() == {"03-3000": "S", "03-2000": "S"}
    assert (default_types.full("03"), default_types.full(), default_types.full("nothing")) == ({"S"}, set(), set())


def test_a_division_and_an_unknown_type_are_refused(people, codes):
    division = cost_code.find("03", is_division=True)
    with pytest.raises(CodeRefused, match="03 is a division and never a line of a budget"):
        default_types.choose(division, "L", True, people.adam)
    for act in (
        lambda: default_types.choose(codes[0], "X", True, people.adam),
        lambda: default_types.choose_all("", True, people.adam),
    ):
        with pytest.raises(CodeRefused, match="Choose one of the cost types"):
            act()
    default_types.choose_all("L", True, people.adam)
    assert division.id not in default_types.of([division.id])


def test_a_column_of_many_codes_costs_a_few_statements(people, codes):
    for n in range(300):
        cost_code.create(people.adam, f"A{n}", "Code", "")
    db.session.commit()
    with statements() as asked:
        assert default_types.choose_all("L", True, people.adam) == 303
    assert len(asked) < 10


# what a budget makes of them


def test_a_code_without_a_chosen_type_gets_a_line_for_each_default_type(people, codes, budget):
    give(people.adam, codes[0], "SL")
    lines = budget_codes.add(budget, codes[0], "", 0, "", people.pam)
    assert [(line.cost_type, line.original, line.description) for line in lines] == [
        ("L", 0, "Cast-in-place concrete"), ("S", 0, "Cast-in-place concrete")]  # fmt: skip
    assert budget.size == 2


def test_the_only_default_type_takes_the_amount(people, codes, budget):
    give(people.adam, codes[0], "E")
    (line,) = budget_codes.add(budget, codes[0], "", 12_50, "Crane", people.pam)
    assert (line.cost_type, line.original, line.description) == ("E", 12_50, "Crane")


def test_a_chosen_type_wins_and_what_is_there_is_left_out_afterwards(people, codes, budget):
    give(people.adam, codes[0], "LME")
    assert [line.cost_type for line in budget_codes.add(budget, codes[0], "M", 5_00, "", people.pam)] == ["M"]
    assert [line.cost_type for line in budget_codes.add(budget, codes[0], "", 0, "", people.pam)] == ["L", "E"]
    with pytest.raises(BudgetRefused, match="in the budget already with its default types L, M, E") as refused:
        budget_codes.add(budget, codes[0], "", 0, "", people.pam)
    assert refused.value.field == "code"
    budgets.lock(budget, people.pam, None)
    budgets.unlock(budget, people.pam, None)
    budgets.delete_line(budgets.page_of(budget)[0], people.pam)
    assert [line.cost_type for line in budget_codes.add(budget, codes[0], "", 0, "", people.pam)] == ["M"]


@pytest.mark.parametrize(("letters", "amount", "field", "words"), [
    ("", 0, "cost_type", "has no default cost types. Choose a cost type."),
    ("LM", 1, "amount", "gets a line for each of its types L, M. Leave the amount 0"),
])  # fmt: skip
def test_what_cannot_be_added_is_said_at_its_field(people, codes, budget, letters, amount, field, words):
    give(people.adam, codes[0], letters)
    with pytest.raises(BudgetRefused, match=words) as refused:
        budget_codes.add(budget, codes[0], "", amount, "", people.pam)
    assert (refused.value.field, budget.size) == (field, 0)


def test_a_division_and_an_inactive_code_are_no_lines_either_way(people, codes, budget):
    codes[0].active = False
    for code, words in ((cost_code.find("03", is_division=True), "is a division"), (codes[0], "not active any more")):
        for letter in ("", "L"):
            with pytest.raises(BudgetRefused, match=words):
                budget_codes.add(budget, code, letter, 0, "", people.pam)


def test_a_budget_that_is_there_stays_as_it_is(people, codes, budget):
    budgets.add_line(budget, codes[0], "O", 1_00)
    give(people.adam, codes[0], "LM")
    assert [line.cost_type for line in budgets.page_of(budget)] == ["O"]
