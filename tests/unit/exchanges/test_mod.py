"""A budget that accounting has is sent again: only the changes travel, once, whatever is lost on the way."""

import re
from typing import Any

import pytest

from erp.db import db, now, transaction
from erp.documents.budget import BudgetEntry
from erp.exchanges.export import retry
from erp.items import Item
from erp.simulator import bookkeeper, views
from erp.simulator.faults import ConnectorDied
from tests.house import House
from tests.unit.exchanges.losses import LOST_IN_EVERY_WAY


@pytest.fixture
def item(house: House) -> Item:
    """Pier 9's budget of three lines, in the simulated company file."""
    made = house.exported_budget(100_000, 200_000, 300_000)
    house.update()
    assert made.state == "Synced"
    house.wait(60)
    return made


def resend(house: House, **steps: int) -> None:
    """Money moves on lines by number, line0=500 in minor units; Pam sends, Ann accepts and exports."""
    budget = house.budget_of_pier()
    with transaction():
        for name, amount in steps.items():
            line = budget.lines[int(name[4:])]
            db.session.add(BudgetEntry(budget_id=budget.id, line_id=line.id, what="modification", amount=amount, at=now()))
    house.exported("budget", budget)


def visits(house: House, times: int = 8) -> None:
    """The Web Connector comes again and again."""
    for _ in range(times):
        house.wait(90)
        house.update()


def estimate(house: House) -> dict[str, Any]:
    (found,) = views.estimates(house.company)
    return found


def amounts(house: House) -> list[str]:
    return [line["amount"] for line in estimate(house)["lines"]]


def test_only_the_changes_travel(house: House, item: Item) -> None:
    resend(house, line0=-25_000, line2=25_000)
    house.update()
    assert item.state == "Synced"
    assert amounts(house) == ["1000.00", "2000.00", "3000.00", "-250.00", "250.00"]


def test_three_rounds_add_up_and_each_has_a_marker_of_its_own(house: House, item: Item) -> None:
    for steps in ({"line0": 5_000}, {"line0": -5_000, "line1": 5_000}, {"line2": -1_00}):
        resend(house, **steps)
        house.update()
        house.wait(60)
    sums: dict[str, float] = {}
    for line in estimate(house)["lines"]:
        sums[line["item"]] = sums.get(line["item"], 0) + float(line["amount"])
    assert list(sums.values()) == [1000.0, 2050.0, 2999.0]
    assert len({line["other2"] for line in estimate(house)["lines"]}) == 4


def test_accepting_changes_asks_for_no_date_or_number(house: House, item: Item) -> None:
    resend(house, line0=5_000)
    assert item.choices == {}


def test_a_bookkeepers_own_lines_and_memo_survive(house: House, item: Item) -> None:
    number = estimate(house)["id"]
    bookkeeper.add_estimate_line(house.company, number, "Consulting", "77.00", "his own")
    bookkeeper.edit_estimate(house.company, number, memo=estimate(house)["memo"] + " Checked by Lee")
    resend(house, line1=10_00)
    visits(house)
    assert item.state == "Synced"
    assert "Checked by Lee" in estimate(house)["memo"]
    assert amounts(house) == ["1000.00", "2000.00", "3000.00", "77.00", "10.00"]


def test_what_a_bookkeeper_changed_of_ours_is_told_and_not_overwritten(house: House, item: Item) -> None:
    house.touch(item)
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 1, "900.00")
    resend(house, line1=10_00)
    visits(house)
    assert item.result["changed"] == ["32-1200: 1000.00 was sent, 900.00 is there now."]
    assert amounts(house) == ["900.00", "2000.00", "3000.00", "10.00"]


@pytest.mark.parametrize("at", range(1, 13))
@LOST_IN_EVERY_WAY
def test_a_mod_takes_effect_once_whatever_is_lost(house: House, item: Item, at: int, how: str) -> None:
    resend(house, line0=12_34)
    calls = iter(range(1, 1000))

    def fault(stage: str) -> str | None:
        if next(calls) != at:
            return None
        if how == "died" or stage != "executed":
            raise ConnectorDied
        return how

    connector = house.web_connector(fault=fault)
    connector.update()
    visits(house, 3)
    connector.deliver_late()
    visits(house, 5)
    assert item.state == "Synced"
    assert amounts(house).count("12.34") == 1


def test_a_bookkeeper_saves_between_the_read_and_the_write(house: House, item: Item) -> None:
    resend(house, line0=12_34)
    caller = house.caller()
    caller.turn()
    write = caller.ask()
    house.wait(5)
    bookkeeper.edit_estimate(house.company, estimate(house)["id"], memo="Lee was here")
    caller.answer(*caller.carry(write))
    caller.close()
    visits(house)
    assert item.state == "Synced"
    assert "Lee was here" in estimate(house)["memo"]
    assert amounts(house).count("12.34") == 1


@pytest.mark.parametrize("memo", ["", "Lee: see the file", None])
def test_a_bookkeeper_saves_after_a_lost_answer(house: House, item: Item, memo: str | None) -> None:
    resend(house, line0=12_34)
    caller = house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    assert item.state == "Unknown"
    house.wait(5)
    bookkeeper.edit_estimate(
        house.company, estimate(house)["id"], memo=estimate(house)["memo"] + " Lee" if memo is None else memo
    )
    visits(house)
    assert item.state == "Synced"
    assert amounts(house).count("12.34") == 1


def test_a_mod_whose_answer_was_not_stored_takes_effect_once(house: House, item: Item) -> None:
    resend(house, line0=12_34)
    bookkeeper.crash_unsaved(house.company)
    visits(house)
    assert item.state == "Synced"
    assert amounts(house).count("12.34") == 1


@pytest.mark.parametrize(("deed", "words"), [
    (lambda company, number: bookkeeper.delete_estimate(company, number), "not in QuickBooks any more"),
    (lambda company, number: bookkeeper.deactivate_estimate(company, number), "inactive in QuickBooks"),
    (lambda company, number: bookkeeper.deactivate(company, "item", "32:32-1200"), ""),
    (lambda company, number: bookkeeper.prefer(company, "estimates", False), "Estimates"),
])  # fmt: skip
def test_what_cannot_be_changed_fails_with_its_cure(house: House, item: Item, deed: Any, words: str) -> None:
    house.touch(item)
    resend(house, line0=12_34)
    deed(house.company, estimate(house)["id"])
    visits(house, 3)
    assert item.state == "Failed"
    assert words in item.error["message"]
    assert item.error["cure"]


def test_a_retry_after_the_cure_changes_it_once(house: House, item: Item) -> None:
    resend(house, line0=12_34)
    bookkeeper.deactivate(house.company, "item", "32:32-1200")
    visits(house, 2)
    assert item.state == "Failed"
    bookkeeper.activate(house.company, "item", "32:32-1200")
    with transaction():
        retry(item, house.ann, {})
    visits(house, 2)
    assert item.state == "Synced"
    assert amounts(house).count("12.34") == 1


def test_a_second_estimate_on_the_job_does_not_confuse(house: House, item: Item) -> None:
    house.touch(item)
    bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    resend(house, line0=12_34)
    visits(house, 3)
    ours = [found for found in views.estimates(house.company) if found["id"] == item.erp_id]
    assert item.state == "Synced"
    assert [line["amount"] for line in ours[0]["lines"]].count("12.34") == 1


def test_sales_tax_switched_on_later_taxes_nothing_of_ours(house: House, item: Item) -> None:
    bookkeeper.prefer(house.company, "sales_tax", True)
    house.wait(4000)
    house.update()
    resend(house, line0=12_34)
    visits(house, 3)
    assert item.state == "Synced"
    (write,) = [message for message in house.writes(item) if "EstimateMod" in message.body]
    assert "<SalesTaxCodeRef>" in write.body


def test_the_words_of_a_bookkeeper_go_back_letter_by_letter(house: House, item: Item) -> None:
    house.wait(5)
    words = "“Checked” – Lee’s ½ of it…"
    bookkeeper.edit_estimate(house.company, estimate(house)["id"], memo=words)
    resend(house, line1=10_00)
    visits(house)
    assert estimate(house)["memo"].startswith(words)


def test_what_was_accepted_stands_in_the_list_without_the_badge_of_a_resend(house: House, item: Item) -> None:
    resend(house, line0=12_34)
    assert (item.summary["badge"], item.summary["sends"], item.amount) == ("Changes only", 12_34, 6_012_34)
    visits(house, 3)
    assert item.state == "Synced"
    assert (item.summary.get("badge"), item.summary.get("sends"), item.amount) == (None, None, 6_012_34)


def test_who_is_told_every_time_that_it_was_changed_gives_up_and_says_so(house: House, item: Item) -> None:
    resend(house, line0=5_000)
    caller, stale = house.caller(), 'statusCode="3200" statusSeverity="Error" statusMessage="Out of date."'
    for _ in range(40):
        asked = caller.ask()
        key = re.search(r'EstimateModRq requestID="(\w+)"', asked)
        answer = f'<QBXML><QBXMLMsgsRs><EstimateModRs requestID="{key[1]}" {stale}/></QBXMLMsgsRs></QBXML>' if key else ""
        caller.answer(*((answer, "") if key else caller.carry(asked)))
    assert (item.state, item.error["code"], len(house.writes(item))) == ("Failed", "in-use", 6)


def test_two_short_locks_after_an_older_save_delay_it_and_no_more(house: House, item: Item) -> None:
    bookkeeper.edit_estimate(house.company, estimate(house)["id"], memo="Checked.")
    house.wait(3600)
    resend(house, line0=5_000)
    bookkeeper.lock(house.company, 3175, 2)
    visits(house, 4)
    assert (item.state, amounts(house)[3:]) == ("Synced", ["50.00"])
