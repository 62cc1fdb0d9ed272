"""What the approver chooses at Accept: proposed, checked against the lists of this moment, and remembered."""

from datetime import timedelta

import pytest

from erp.audit import System
from erp.books import records
from erp.connectors.quickbooks.setup import make
from erp.db import db, now, transaction
from erp.exchanges.export import retry
from erp.items.bulk import accept_all
from erp.items.choices import asked, pick, proposals
from erp.items.perform import Refused, advance, change_choices
from erp.items.why_not import why_not
from erp.states import RecordState
from tests.unit.stage import ACCOUNTS, BANK, CITY, CLOSED, COST, INCOME, SCHOOLS, row


def reasons(stage, item, **form):
    with pytest.raises(Refused) as refused:
        stage.accept(item, **form)
    return [reason.text for reason in refused.value.reasons]


def test_each_kind_asks_what_its_connector_needs(stage):
    items = [stage.job(), stage.send("cost_code", stage.codes[0])]
    assert [[choice.label for choice in asked(item)] for item in items] == [["Customer"], ["Income account", "Expense account"]]


def test_the_wished_customer_is_proposed_whatever_its_capitals(stage):
    stage.pier.wished_customer = "CITY of bayview"
    assert proposals(stage.job())["customer"] == {"id": CITY, "name": "City of Bayview"}


@pytest.mark.parametrize("wish", ["", "City of Bay", "Bankrupt & Sons"])
def test_a_wish_that_is_no_active_customer_proposes_nothing_and_the_choice_is_asked_for(stage, wish):
    stage.pier.wished_customer = wish
    item = stage.job()
    assert proposals(item) == {"customer": None}
    assert reasons(stage, item) == ["Choose Customer."]


def test_what_is_posted_wins_over_what_is_proposed(stage):
    assert pick(stage.job(), {"customer": SCHOOLS}).values["customer"]["id"] == SCHOOLS


def test_fields_that_were_not_asked_for_are_not_kept(stage):
    item = stage.accept(stage.job(), customer=CITY, state="Synced", connection_id="2", can_push="1")
    assert set(item.choices) == {"customer"}


def test_an_inactive_customer_is_refused_by_name(stage):
    assert reasons(stage, stage.job(), customer=CLOSED) == [
        "Customer: Bankrupt & Sons is not an active entry in Harbor & Hill any more. Choose another."]  # fmt: skip


def test_a_customer_that_was_deleted_in_accounting_is_refused(stage):
    item = stage.job()
    records.apply(stage.connection.id, [row("customer", SCHOOLS, "Harbor Unified School District")], whole=["customer"])
    gone = records.find(stage.connection.id, "customer", CITY)
    assert gone.state == RecordState.GONE
    assert reasons(stage, item, customer=CITY) == [
        "Customer: City of Bayview is not an active entry in Harbor & Hill any more. Choose another."]  # fmt: skip


def test_a_customer_that_went_inactive_after_accept_is_refused_at_export(stage):
    item = stage.job(customer=CITY)
    assert why_not("export", item, stage.people.ann) == []
    stage.apply(row("customer", CITY, "City of Bayview", active=False))
    assert [reason.text for reason in why_not("export", item, stage.people.ann)] == [
        "Customer: City of Bayview is not an active entry in Harbor & Hill any more. Choose another."]  # fmt: skip


@pytest.mark.parametrize("made_up", ["999", "' OR 1=1 --", "<script>", CITY + "0"])
def test_an_id_that_is_in_no_list_is_refused(stage, made_up):
    assert reasons(stage, stage.job(), customer=made_up) == [
        "Customer: That entry is not an active entry in Harbor & Hill any more. Choose another."]  # fmt: skip


def test_an_entry_of_another_list_or_another_connection_is_refused(stage):
    other, _ = make("Another file", "quickbooks", "http://localhost:8000", System("test"))
    records.apply(other.id, [row("customer", "77", "Theirs")])
    item = stage.job()
    for foreign in (INCOME, "77"):
        assert "is not an active entry" in reasons(stage, item, customer=foreign)[0]


def test_both_accounts_of_a_code_are_required(stage):
    item = stage.send("cost_code", stage.codes[0])
    assert reasons(stage, item) == ["Choose Income account.", "Choose Expense account."]
    assert reasons(stage, item, income_account=INCOME) == ["Choose Expense account."]
    assert reasons(stage, item, expense_account=COST) == ["Choose Income account."]


def test_an_account_of_the_wrong_type_is_refused(stage):
    item = stage.send("cost_code", stage.codes[0])
    assert reasons(stage, item, income_account=BANK, expense_account=COST) == [
        "Income account: Checking is of the type Bank. Choose another."]  # fmt: skip
    assert reasons(stage, item, income_account=INCOME, expense_account=INCOME) == [
        "Expense account: Construction Income is of the type Income. Choose another."]  # fmt: skip


def test_accounts_are_remembered_for_the_next_code_and_customers_are_not(stage):
    stage.accepted("cost_code", stage.codes[0])
    stage.job(customer=SCHOOLS)
    other = stage.send("job", stage.project())
    assert {name: one["id"] for name, one in proposals(stage.send("cost_code", stage.codes[1])).items()} == ACCOUNTS
    assert proposals(other) == {"customer": None}


def test_the_newest_acceptance_is_the_one_remembered(stage):
    older, newer = stage.send("cost_code", stage.codes[1]), stage.accepted("cost_code", stage.codes[0])
    stage.apply(row("account", "80000014-1", "Other Costs", type="Expense"))
    stage.accept(older, income_account=INCOME, expense_account="80000014-1")
    assert newer.choices != older.choices
    assert proposals(stage.send("cost_code", stage.codes[2]))["expense_account"]["id"] == "80000014-1"


def test_the_choices_of_a_failed_item_are_proposed_for_its_retry(stage):
    item = stage.failed(stage.exporting(stage.job(customer=SCHOOLS)))
    assert proposals(item)["customer"]["id"] == SCHOOLS


@pytest.mark.parametrize("date", ["tomorrow", "2026-13-01", "23.11.2026", "2026-02-30", "0000-00-00", "20261120"])
def test_what_is_no_date_is_refused(stage, date):
    assert f"Accounting date: “{date}” is no date. Write YYYY-MM-DD." in reasons(stage, stage.ready_budget(), date=date)


@pytest.mark.parametrize("slip", ["0026-11-20", "0001-01-01", "2202-11-20"])
def test_a_date_that_is_a_slip_of_the_keyboard_is_refused_with_the_cure(stage, slip):
    (said,) = reasons(stage, stage.ready_budget(), date=slip)
    assert said.startswith(f"Accounting date {slip} is more than ")
    assert "Write the year with four digits" in said


@pytest.mark.parametrize(("days", "taken"), [(-1097, False), (-1090, True), (0, True), (365, True), (367, False)])
def test_a_date_three_years_back_to_a_year_ahead_is_taken(stage, days, taken):
    day, item = (now() + timedelta(days=days)).date().isoformat(), stage.ready_budget()
    if taken:
        assert stage.accept(item, date=day).choices["date"] == day
    else:
        assert "Accounting date" in reasons(stage, item, date=day)[0]


def test_a_date_is_checked_in_many_rows_and_in_an_accepted_one_and_at_retry(stage):
    item, ann, slip = stage.ready_budget(), stage.people.ann, {"date": "0026-11-20"}
    with transaction():
        assert accept_all([item], ann, slip)[0] == 0
    stage.accept(item)
    with pytest.raises(Refused, match="four digits"), transaction():
        change_choices(item, ann, slip)
    with pytest.raises(Refused, match="four digits"), transaction():
        retry(stage.failed(stage.exporting(item)), ann, slip)


def test_a_number_longer_than_11_is_refused_once_at_accept(stage):
    item = stage.ready_budget()
    assert reasons(stage, item, number="25-1361-BUDG") == [
        "Number “25-1361-BUDG” has 12 characters; at most 11 fit. Shorten it."]  # fmt: skip
    assert stage.accept(item, number="25-1361-BUD").choices["number"] == "25-1361-BUD"


def test_a_project_number_that_makes_the_proposed_number_too_long_is_told_at_accept_and_can_be_shortened(stage):
    stage.pier.number = "2025-001361"
    item = stage.ready_budget()
    assert "has 13 characters" in reasons(stage, item)[0]
    assert stage.accept(item, number="1361-B").choices["number"] == "1361-B"


def test_a_number_with_a_control_character_is_refused(stage):
    assert any("control character" in text for text in reasons(stage, stage.ready_budget(), number="25\x07"))


def test_a_date_in_the_closed_period_is_refused_and_the_day_after_is_not(stage):
    item = stage.ready_budget()
    stage.connection.facts = {"estimates": True, "closing_date": "2026-06-30"}
    db.session.commit()
    assert reasons(stage, item, date="2026-06-30") == [
        "The accounting date 2026-06-30 lies in the period closed on 2026-06-30. Choose a later date."]  # fmt: skip
    assert stage.accept(item, date="2026-07-01").choices["date"] == "2026-07-01"


def test_a_period_that_was_closed_after_accept_is_refused_at_export(stage):
    item = stage.accept(stage.ready_budget(), date="2026-07-01")
    stage.connection.facts = {"estimates": True, "closing_date": "2026-07-31"}
    assert [reason.text for reason in why_not("export", item, stage.people.ann)] == [
        "The accounting date 2026-07-01 lies in the period closed on 2026-07-31. Choose a later date."]  # fmt: skip


def test_an_update_proposes_what_was_chosen_before(stage):
    item = stage.job(customer=SCHOOLS)
    with transaction():
        advance(item, "unaccept", stage.people.ann)
    assert proposals(item)["customer"]["id"] == SCHOOLS
