"""What an exchange remembers between two questions: the memo rules of the engine."""

from erp.connector import Next
from erp.db import transaction
from erp.exchanges import settle
from erp.exchanges.claim import work_for
from erp.items import Item
from erp.simulator import bookkeeper
from tests.house import Caller, House


def looking(house: House) -> tuple[Item, Caller]:
    """A job in doubt of which nothing arrived, and the next session."""
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    caller.close()
    return item, house.caller()


def memo(house: House, item: Item) -> tuple[dict[str, object], str]:
    exchange = house.exchange(item)
    return exchange.memo, exchange.memo_ticket


def test_1_the_answer_is_read_with_the_copy_made_at_hand_out(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    wider = caller.ask()
    assert house.messages(item)[-1].memo == {"named": False}
    with transaction():
        house.exchange(item).memo = {"named": True, "absent": True}
    caller.answer(*caller.carry(wider))
    assert memo(house, item)[0] == {"absent": True}, "read with what was known when the question was asked"


def test_2_handing_out_spends_what_was_found(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.turn()
    assert memo(house, item) == ({"absent": True}, caller.ticket)
    caller.ask()
    assert memo(house, item)[0] == {}
    assert house.writes(item)[0].memo == {"absent": True}


def test_2_what_was_found_absent_does_not_hold_for_the_time_after_the_write(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.turn()
    caller.ask()
    assert "CustomerQueryRq" in caller.ask(), "lost again: it must be looked up again"


def test_3_what_was_found_dies_with_its_session(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.turn()
    caller.close()
    assert memo(house, item)[0] == {"absent": True}
    other = house.caller()
    assert work_for(house.exchange(item), other.ticket, "").memo == {}
    assert "<FullName>City of Bayview:Pier 9 Sewer Renewal</FullName>" in other.ask(), "from the first question on"


def test_4_what_a_postponement_keeps_survives_its_session(house: House) -> None:
    from erp.connector import Later

    item, caller = house.exported_job(), house.caller()
    caller.ask()
    exchange = house.exchange(item)
    with transaction():
        settle.settle(exchange, None, Later(1, "locked", {"seen": "17"}), house.session())
        house.session().outstanding = None
        settle.close(house.writes(item)[0], "later")
        exchange.state = "queued"
    assert memo(house, item) == ({"seen": "17"}, "")
    assert work_for(exchange, "another ticket", "").memo == {"seen": "17"}


def test_5_a_loss_empties_it(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.ask()
    caller.close()
    assert memo(house, item) == ({}, "")


def test_5_doubt_empties_it(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.turn()
    bookkeeper.lock(house.company, 1000, times=1)
    caller.turn()
    assert memo(house, item) == ({}, "")


def test_5_a_burned_message_empties_it(house: House) -> None:
    item, caller = looking(house)
    caller.turn()
    caller.turn()
    request = caller.ask()
    bookkeeper.crash_unsaved(house.company)
    caller.carry(request)
    response, _ = caller.carry(request)
    assert "9002" in response
    caller.answer(response)
    assert memo(house, item) == ({}, "")
    assert house.exchange(item).look


def test_6_nothing_that_must_survive_a_crash_is_in_a_memo(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    caller.close()
    with transaction():
        house.exchange(item).memo = {}
    work = work_for(house.exchange(item), "another ticket", "")
    assert work.look and work.sent is not None


def test_next_keeps_the_memo_with_its_ticket(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    exchange = house.exchange(item)
    with transaction():
        settle.settle(exchange, None, Next({"named": True}), house.session())
    assert (exchange.memo, exchange.memo_ticket, exchange.state) == ({"named": True}, caller.ticket, "queued")
