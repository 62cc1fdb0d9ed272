"""What a bookkeeper does behind the application's back."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from erp.simulator import bookkeeper, demo, views
from erp.simulator.actions import ACTIONS, EXAMPLES, needed, perform
from erp.simulator.company import Company
from erp.simulator.refusals import Refusal
from tests.unit.simulator.talk import Clock, Talk, line, texts

GUID = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
JOB = "City of Bayview:Library"


@pytest.fixture
def estimate(ask: Talk, clock: Clock) -> str:
    """An estimate of two lines, made an hour ago."""
    lines = line("<Amount>100.00</Amount>") + line("<Amount>50.00</Amount>", "03")
    answer = ask.estimate(lines, f"<RefNumber>B-1</RefNumber><Memo>ours</Memo><ExternalGUID>{GUID}</ExternalGUID>")
    clock.tick(3600)
    return texts(answer, "TxnID")[0]


def only(company: Company) -> views.Row:
    (row,) = views.estimates(company)
    return row


def test_an_edited_memo_makes_a_new_version(company: Company, estimate: str, clock: Clock) -> None:
    bookkeeper.edit_estimate(company, "B-1", memo="ours, and approved by phone", PONumber="77")
    assert only(company)["memo"] == "ours, and approved by phone"
    assert only(company)["edit_sequence"] == str(int(clock.now))


def test_lines_can_be_added_changed_and_deleted(company: Company, estimate: str) -> None:
    bookkeeper.add_estimate_line(company, estimate, "03", "25.50", "Pump truck")
    assert only(company)["total"] == "175.50"
    bookkeeper.edit_estimate_line(company, estimate, 1, "10.00")
    bookkeeper.delete_estimate_line(company, estimate, 2)
    assert [row["amount"] for row in only(company)["lines"]] == ["10.00", "25.50"]


@pytest.mark.parametrize("value", ["", "ten", "1,000.00"])
def test_amounts_are_entered_as_numbers(company: Company, estimate: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        bookkeeper.add_estimate_line(company, estimate, "03", value)
    assert caught.value.code == 3040


def test_lines_that_are_not_there_cannot_be_changed(company: Company, estimate: str) -> None:
    for number in (0, 3):
        with pytest.raises(Refusal):
            bookkeeper.delete_estimate_line(company, estimate, number)


def test_an_estimate_can_be_deactivated_deleted_or_duplicated(company: Company, estimate: str) -> None:
    bookkeeper.deactivate_estimate(company, estimate)
    assert not only(company)["active"]
    copy = bookkeeper.duplicate_estimate(company, estimate)
    rows = {row["id"]: row for row in views.estimates(company)}
    assert (rows[copy]["memo"], rows[copy]["external_guid"], rows[copy]["total"]) == ("ours", "", "150.00")
    assert rows[copy]["ref_number"] == "1"
    bookkeeper.delete_estimate(company, estimate)
    assert [row["id"] for row in views.estimates(company)] == [copy]


def test_merging_moves_everything_to_the_one_that_stays(company: Company, estimate: str, clock: Clock) -> None:
    bookkeeper.add_job(company, "City of Bayview", "Annex")
    annex = next(row["id"] for row in views.customers(company) if row["name"] == "Annex")
    bookkeeper.merge(company, "job", JOB, "City of Bayview:Annex")
    assert [row["name"] for row in views.customers(company)] == ["City of Bayview", "Annex"]
    assert (only(company)["customer_id"], only(company)["edit_sequence"]) == (annex, str(int(clock.now)))
    with pytest.raises(Refusal):
        bookkeeper.delete(company, "job", "City of Bayview:Annex")


def test_merging_customers_moves_their_jobs(company: Company) -> None:
    bookkeeper.add_customer(company, "Bayview Council")
    bookkeeper.merge(company, "customer", "City of Bayview", "Bayview Council")
    assert [row["full_name"] for row in views.customers(company)] == ["Bayview Council", "Bayview Council:Library"]


def test_nothing_merges_with_itself(company: Company) -> None:
    with pytest.raises(Refusal):
        bookkeeper.merge(company, "job", JOB, JOB)


def test_costs_are_entered_for_jobs(company: Company) -> None:
    bookkeeper.post_cost(company, JOB, "03", "12.5", "Delgado Electric", number="77")
    (row,) = views.costs(company)
    assert (row["job"], row["item"], row["amount"], row["vendor"]) == (JOB, "03", "12.50", "Delgado Electric")


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        (bookkeeper.rename, ("job", "Nobody", "x")),
        (bookkeeper.edit_estimate, ("B-9", "memo")),
        (bookkeeper.restore, ("never",)),
    ],
)
def test_unknown_names_are_refused(company: Company, deed: Callable[..., None], arguments: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        deed(company, *arguments)


def test_every_deed_has_an_example_that_works_on_the_demo_company(tmp_path: Path) -> None:
    company = demo.create_demo(Company(tmp_path / "demo.sqlite"))
    item, job = views.items(company)[0]["full_name"], "City of Bayview:Fire Station 4"
    lines = line("<Amount>1.00</Amount>", item) * 2
    head = f"<CustomerRef><FullName>{job}</FullName></CustomerRef><RefNumber>1042</RefNumber>"
    assert Talk(company).code(f"<EstimateAddRq><EstimateAdd>{head}{lines}</EstimateAdd></EstimateAddRq>") == 0
    perform(company, "prefer", ["class_tracking", "on"])
    perform(company, "back-up", ["before-trial"])
    assert set(EXAMPLES) == set(ACTIONS)
    for name, example in EXAMPLES.items():
        action, *arguments = shlex.split(example.partition("   (")[0])
        assert action == name
        perform(company, action, arguments)
        perform(company, "restore", ["before-trial"])
        perform(company, "open-own-file", [])


def test_what_a_deed_cannot_do_without_is_known() -> None:
    assert needed("rename") == {"kind", "name", "new_name"}
    assert needed("add-customer") == {"name"}


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("add-customer", ["Town of Millbrook", "Phone=555-0188"]),
        ("add-job", ["City of Bayview", "Annex", "JobStatus=Awarded"]),
        ("prefer", ["class_tracking", "on"]),
        ("prefer", ["closing_date", "2026-09-30"]),
        ("lock", ["3175", "times=2"]),
        ("set-read-only", ["on"]),
        ("post-cost", [JOB, "03", "10.00", "vendor=Delgado Electric"]),
    ],
)
def test_deeds_can_be_asked_for_in_words(company: Company, action: str, arguments: list[str]) -> None:
    perform(company, action, arguments)
    found = views.preferences(company)
    if action == "prefer":
        assert found[arguments[0]] == {"on": True}.get(arguments[1], arguments[1])
    if action == "lock":
        assert found["lock"] == {"code": 3175, "times": 2}
    if action == "set-read-only":
        assert found["read_only"] is True


@pytest.mark.parametrize(
    ("action", "arguments"),
    [("fly", []), ("rename", ["customer"]), ("lock", ["often"]), ("unlock", ["now"]), ("prefer", ["inventory", "on"])],
)
def test_nonsense_is_refused_in_words(company: Company, action: str, arguments: list[str]) -> None:
    with pytest.raises(Refusal):
        perform(company, action, arguments)


def test_the_demo_company_is_a_contractor_with_estimates_on(tmp_path: Path) -> None:
    company = demo.create_demo(Company(tmp_path / "demo.sqlite"))
    assert views.company_name(company) == "Harbor & Hill Builders"
    assert views.preferences(company)["estimates"] is True
    assert {"Retainage Payable", "Subcontracts", "Job Materials"} <= {row["name"] for row in views.accounts(company)}
    assert len([row for row in views.customers(company) if row["level"] == 0]) == 5
    assert not demo.is_new(company)
