"""What an answer does to the message, the exchange and the item: one test per outcome of `step`."""

import re

import pytest

from erp.connectors.quickbooks.errors import OURS, REFUSED
from erp.db import transaction
from erp.exchanges.export import look_again, retry
from erp.items import Item
from erp.simulator import bookkeeper
from tests.house import Caller, House


def state(house: House, item: Item) -> tuple[str, str]:
    return house.exchange(item).state, item.state


def status(response: str, code: str, words: str = "It did not work.", severity: str = "Error") -> str:
    """The same answer with another status."""
    changed = re.sub(r'statusCode="\d+"', f'statusCode="{code}"', response)
    changed = re.sub(r'statusSeverity="\w+"', f'statusSeverity="{severity}"', changed)
    return re.sub(r'statusMessage="[^"]*"', f'statusMessage="{words}"', changed)


def refused(response: str, code: str, words: str = "It did not work.") -> str:
    """The same answer as a refusal without the object."""
    return re.sub(r"<CustomerRet>.*</CustomerRet>\s*", "", status(response, code, words), flags=re.S)


def set_status(key: str, code: str) -> str:
    """An answer that speaks of the message set only."""
    return f'<QBXML><QBXMLMsgsRs newMessageSetID="{key}" messageSetStatusCode="{code}"></QBXMLMsgsRs></QBXML>'


def key_of(request: str) -> str:
    return request.partition('requestID="')[2].partition('"')[0]


# Synced


def test_synced_keeps_what_accounting_calls_it(house: House) -> None:
    item = house.exported_job()
    house.caller().drain()
    assert state(house, item) == ("synced", "Synced")
    assert (item.in_erp, item.erp_name, item.error) == (True, "City of Bayview:Pier 9 Sewer Renewal", {})
    assert item.result["edit_sequence"]
    assert ["ID", item.erp_id] in item.result["shows"]


def test_our_own_job_does_not_show_up_as_new(house: House) -> None:
    from erp.books import records
    from erp.exchanges.refresh import refresh

    item = house.exported_job()
    house.caller().drain()
    record = records.find(house.connection.id, "job", item.erp_id)
    assert (record.state, record.item_id, record.filter) == ("Linked", item.id, None)
    with transaction():
        refresh(house.connection)
    house.caller().drain()
    assert (record.state, record.item_id) == ("Linked", item.id)


def test_a_warning_with_the_object_is_a_success(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    caller.answer(status(response, "550", "The notes were not saved.", "Warn"))
    assert item.state == "Synced"


# Next


def test_a_look_asks_twice_before_it_writes(house: House) -> None:
    item = house.exported_job()
    with transaction():
        house.exchange(item).look = True
    caller = house.caller()
    caller.drain()
    asked = [re.search(r"<(\w+Rq) requestID", m.body).group(1) for m in house.messages(item)]
    assert asked == ["CustomerQueryRq", "CustomerQueryRq", "CustomerAddRq"]
    assert [m.outcome for m in house.messages(item)] == ["next", "next", "synced"]


# Later


@pytest.mark.parametrize("code", [1010, 3170, 3175, 3176, 3180])
def test_what_somebody_has_open_is_tried_again_with_a_new_message(house: House, code: int) -> None:
    item = house.exported_job()
    bookkeeper.lock(house.company, code, times=2)
    house.caller().drain()
    assert state(house, item) == ("synced", "Synced")
    writes = house.writes(item)
    assert [write.outcome for write in writes] == ["later", "later", "synced"]
    assert len({write.key for write in writes}) == 3, "QuickBooks would repeat its refusal under the old id"


def test_the_wait_between_two_tries_grows(house: House) -> None:
    house.app.config["QBWC_BACKOFF"] = 1.0
    item, waits = house.exported_job(), []
    bookkeeper.lock(house.company, 3175)
    for _ in range(4):
        house.caller().drain()
        waits.append((house.exchange(item).next_at - house.now).total_seconds())
        house.wait(waits[-1])
    assert waits == [2, 4, 8, 16]


def test_after_five_times_in_use_it_fails_with_the_cure(house: House) -> None:
    item = house.exported_job()
    bookkeeper.lock(house.company, 3175)
    house.caller().drain()
    assert state(house, item) == ("failed", "Failed")
    assert len(house.writes(item)) == 5
    assert (item.error["code"], item.error["cure"]) == ("in-use", OURS["in-use"].cure)
    assert "The transaction is locked by another user." in item.error["message"]


def test_what_may_be_there_and_cannot_be_looked_up_goes_to_a_person(house: House) -> None:
    item = house.exported_budget()
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    bookkeeper.prefer(house.company, "estimates", False)
    house.caller().drain()
    assert state(house, item) == ("person", "Unknown")
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    assert state(house, item) == ("person", "Unknown"), "still there, still not to be looked up, never Failed"
    bookkeeper.prefer(house.company, "estimates", True)
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_3180_without_another_user_is_a_refusal(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    request = caller.ask()
    bookkeeper.lock(house.company, 3140, times=1)
    response, _ = caller.carry(request)
    caller.answer(status(response, "3180", "The account number is already in use."))
    assert (item.state, item.error["code"]) == ("Failed", "3180")


# Doubt


@pytest.mark.parametrize("code", ["1000", "9999", "3333", ""])
def test_an_unclear_refusal_of_something_done_is_looked_up_and_found(house: House, code: str) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    caller.answer(refused(response, code or "0"))
    assert state(house, item) == ("doubt", "Unknown")
    assert house.writes(item)[0].settled_at is None
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_an_unclear_refusal_of_something_not_done_fails_with_its_words(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    bookkeeper.lock(house.company, 1000, times=1)
    caller.drain()
    assert (item.state, item.error["code"]) == ("Failed", "refused")
    assert item.error["message"] == "Refused by the simulation. (status 1000)"
    assert [write.outcome for write in house.writes(item)] == ["failed"]
    assert house.writes(item)[0].handed == 1, "looked up, not sent again"


@pytest.mark.parametrize("code", ["600", "9999", "1"])
def test_an_unknown_status_of_the_message_set_is_looked_up(house: House, code: str) -> None:
    item, caller = house.exported_job(), house.caller()
    request = caller.lose_answer()
    caller.answer(set_status(key_of(request), code))
    assert state(house, item) == ("doubt", "Unknown")
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_a_look_that_is_answered_with_nothing_for_ever_ends(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    for _ in range(25):
        request = caller.ask()
        if "HostQueryRq" in request:
            break
        caller.answer(set_status(key_of(request), "0"))
    assert state(house, item) == ("person", "Unknown")


# Burned


def test_a_crash_that_quickbooks_does_not_remember_is_looked_up_and_found(house: House) -> None:
    item = house.exported_job()
    bookkeeper.crash_unsaved(house.company)
    house.caller().drain()
    assert (item.state, len(house.writes(item)), house.writes(item)[0].handed) == ("Synced", 1, 1)


def test_9002_after_a_look_is_looked_up_again_and_found(house: House) -> None:
    item, slow = house.exported_job(), house.caller()
    zombie = slow.ask()
    slow.close()
    caller = house.caller()
    caller.turn()
    caller.turn()
    bookkeeper.crash_unsaved(house.company)
    slow.carry(zombie)
    response, _ = caller.carry(caller.ask())
    assert 'messageSetStatusCode="9002"' in response
    caller.answer(response)
    assert (house.writes(item)[0].outcome, house.exchange(item).look) == ("burned", True)
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


@pytest.mark.parametrize("code", ["9001", "9002", "9003", "9005"])
def test_a_burned_id_is_never_used_again(house: House, code: str) -> None:
    item, caller = house.exported_job(), house.caller()
    request = caller.ask()
    caller.answer(set_status(key_of(request), code))
    assert house.writes(item)[0].outcome == "burned"
    assert item.state == "Exporting"
    caller.drain()
    assert item.state == "Synced"
    assert [write.outcome for write in house.writes(item)] == ["burned", "synced"]
    assert [write.handed for write in house.writes(item)] == [1, 1]


def test_ids_that_burn_for_ever_end_with_a_person(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    for _ in range(100):
        request = caller.ask()
        if "HostQueryRq" in request:
            break
        response, _ = caller.carry(request) if "Query" in request else (set_status(key_of(request), "9005"), "")
        caller.answer(response)
    assert state(house, item) == ("person", "Unknown")
    assert len(house.writes(item)) == 20


# Failed


@pytest.mark.parametrize("code", sorted(set(REFUSED) - {"3180", "3200"}))
def test_each_refusal_names_cause_and_cure(house: House, code: str) -> None:
    item, caller = house.exported_job(), house.caller()
    request = caller.ask()
    bookkeeper.lock(house.company, int(code), times=1)
    caller.answer(*caller.carry(request))
    assert state(house, item) == ("failed", "Failed")
    assert (item.error["code"], item.error["cause"]) == (code, REFUSED[code].cause)
    assert item.error["cure"]
    assert item.error["message"] == "Refused by the simulation."
    assert house.writes(item)[0].outcome == "failed"


def test_a_taken_name_fails_on_the_first_try(house: House) -> None:
    bookkeeper.add_job(house.company, "City of Bayview", "Pier 9 Sewer Renewal")
    item = house.exported_job()
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "3100")


def test_an_inactive_reference_fails_with_the_words_of_quickbooks(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.deactivate(house.company, "item", "32:32-1200")
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "3140")
    assert item.error["message"] == "The list element is inactive."


def test_a_closed_period_and_a_read_only_user_fail(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.prefer(house.company, "closing_date", "2026-12-31")
    house.caller().drain()
    assert item.error["code"] == "3171"
    bookkeeper.prefer(house.company, "closing_date", "")
    bookkeeper.set_read_only(house.company)
    with transaction():
        house.connection.facts = {**house.connection.facts, "closing_date": ""}
        retry(item, house.ann, {})
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "3260")


def test_estimates_switched_off_in_mid_session_are_a_refusal(house: House) -> None:
    item, caller = house.exported_budget(), house.caller()
    request = caller.ask()
    bookkeeper.prefer(house.company, "estimates", False)
    caller.answer(*caller.carry(request))
    assert (item.state, item.error["code"]) == ("Failed", "3250")


def test_an_id_that_is_too_long_was_never_carried_out(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.answer(set_status(key_of(caller.ask()), "9004"))
    assert (item.state, item.error["code"]) == ("Failed", "9004")


# Person


def other_amount(house: House) -> tuple[Item, Caller]:
    """A budget of which QuickBooks says that it kept another amount."""
    item, caller = house.exported_budget(), house.caller()
    response, _ = caller.carry(caller.ask())
    caller.answer(response.replace("<Amount>2000.00</Amount>", "<Amount>2000.01</Amount>"))
    return item, caller


def test_an_estimate_with_another_amount_goes_to_a_person(house: House) -> None:
    item, _ = other_amount(house)
    assert state(house, item) == ("person", "Unknown")
    assert item.error["message"] == (
        "The Estimate 25-1361-B does not hold what was accepted: 6001.50 in 3 lines were sent, 6001.51 in 3 lines are "
        "there (1 missing, 1 different)."
    )
    assert house.writes(item)[0].outcome == "person"
    assert house.exchange(item).result["erp_id"]


def test_a_person_does_not_block_the_connection(house: House) -> None:
    item, _ = other_amount(house)
    code = house.exported("cost_code", house.cost_code("44-100", "Odor control"))
    house.caller().drain()
    assert (code.state, item.state) == ("Synced", "Unknown")


def test_look_again_after_a_person_put_it_right(house: House) -> None:
    item, _ = other_amount(house)
    with transaction():
        look_again(item, house.ann)
    assert [e.state for e in house.exchanges(item_id=item.id)] == ["cancelled", "queued"]
    assert house.exchange(item).look
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_looking_again_at_what_was_not_put_right_asks_the_person_again(house: House) -> None:
    item = house.exported_budget()
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    bookkeeper.edit_estimate_line(house.company, "25-1361-B", 2, "2500.00")
    house.caller().drain()
    for _ in range(2):
        assert state(house, item) == ("person", "Unknown")
        with transaction():
            look_again(item, house.ann)
        house.caller().drain()
    bookkeeper.edit_estimate_line(house.company, "25-1361-B", 2, "2000.00")
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    assert item.state == "Synced"
