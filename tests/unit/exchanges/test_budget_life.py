"""The whole life of a real budget: sent, changed in every way there is, sent again, and always there to the cent, once."""

import pytest

from erp.db import transaction
from erp.items.perform import reject, retrieve, send
from erp.simulator import bookkeeper
from erp.simulator.faults import STAGES, ConnectorDied
from tests.unit.exchanges.budget_life import Life, schedule

BID = 5_799_933_10
"""What the 69 bid items come to, in cents."""


def change_orders(life: Life) -> None:
    """The change orders of the schedule, each an approved budget change on lines of its own."""
    orders: dict[str, dict[str, int]] = {}
    for code, description, *_, amount in schedule(change_orders=True):
        life.house.cost_code(code, description)
        life.house.accepted("cost_code", life.house.code(code))
        life.new_line(code)
        number = " - ".join(code.split(" - ")[:2])
        orders.setdefault(number, {})[code] = round(float(amount) * 100)
    life.house.export("cost_code")
    assert life.house.update().ok
    for number, amounts in orders.items():
        life.change(number, amounts)


def test_the_bid_items_are_there_as_originals_and_the_change_orders_follow_as_changes(life: Life) -> None:
    assert len(life.estimate["lines"]) == 69
    life.agrees()
    change_orders(life)
    life.resend()
    life.agrees()
    assert sum(life.there.values()) * 100 == 5_761_977_21
    assert (len(life.estimate["lines"]), life.item.summary["original"]) == (76, BID)
    assert ("CO-02 - PCO-03", "Subcontract") in life.there


def test_three_rounds_of_every_sort_of_change_stay_equal_to_the_cent(life: Life) -> None:
    moved = life.modify(R_4=-5_000_01, SW_1=2_500_01, SW_2=2_500_00)
    growth = life.change("BC-1", {"R-4": 10_00, "SW-3": -7_77})
    life.resend()
    life.agrees()
    life.sync_costs()
    life.unlock()
    life.original("R-5", 1_234_56)
    life.new_line("R-5", "L", 99_99)
    life.delete("SW-38")
    life.lock()
    life.void(growth)
    life.resend()
    life.agrees()
    life.reverse(moved)
    life.new_line("R-4", "M")
    life.change("BC-2", {"R-4 M": 55_55})
    life.resend()
    life.agrees()
    assert (("SW-38", "Subcontract") in life.there, life.there["R-4", "Material"] * 100) == (False, 55_55)


def test_what_is_rejected_or_retrieved_travels_with_the_next_send_once(life: Life) -> None:
    life.modify(R_4=-1_00, SW_1=1_00)
    with transaction():
        reject(life.house.accepted("budget", life.budget), life.house.ann, "Not yet.")
    life.change("BC-1", {"R-4": 5_00})
    with transaction():
        retrieve(send("budget", life.house.connection, life.budget, life.house.pam), life.house.pam)
    life.modify(R_5=-2_00, SW_2=2_00)
    life.resend()
    life.agrees()


def everything(life: Life) -> None:
    """One re-send that carries every sort of entry."""
    life.modify(R_4=-1_00, SW_1=1_00)
    life.reverse(life.modify(R_5=-2_00, SW_1=2_00))
    life.void(life.change("BC-1", {"R-4": 30_00}))
    life.change("BC-2", {"R-4": -4_44, "SW-2": 7_07})


def carried(life: Life) -> list[str]:
    """The amounts that the newest snapshot put on the Estimate."""
    snapshot = life.item.snapshot
    assert snapshot
    return sorted(line["amount"] for line in life.estimate["lines"] if line["other2"] == snapshot.marker)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_web_connector_that_dies_anywhere_in_a_mod_leaves_one_effect(life: Life, stage: str, turn: int) -> None:
    everything(life)
    life.send()
    left = [turn]

    def fault(at: str) -> None:
        left[0] -= at == stage
        if left == [0]:
            raise ConnectorDied

    life.house.web_connector(fault=fault).update()
    life.visits(4)
    assert life.item.state == "Synced"
    assert carried(life) == ["-5.44", "1.00", "7.07"]
    life.agrees()


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("how", ["hresult:0x8004041C", "truncate", "duplicate", "late"])
def test_an_answer_of_a_mod_that_is_lost_twisted_or_late_leaves_one_effect(life: Life, how: str, turn: int) -> None:
    everything(life)
    life.send()
    left = [turn]

    def fault(at: str) -> str | None:
        left[0] -= at == "executed"
        return how if at == "executed" and left == [0] else None

    connector = life.house.web_connector(fault=fault)
    connector.update()
    life.visits(2)
    connector.deliver_late()
    life.visits(3)
    assert life.item.state == "Synced"
    assert carried(life) == ["-5.44", "1.00", "7.07"]
    life.agrees()


def lost(life: Life) -> None:
    """The Mod was carried out, its answer never arrived, and the Web Connector is gone."""
    everything(life)
    life.send()
    caller = life.house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    assert life.item.state == "Unknown"
    life.house.wait(90)


@pytest.mark.parametrize("memo", ["Rita wrote it anew", ""])
def test_a_memo_written_anew_after_a_lost_answer_hides_nothing(life: Life, memo: str) -> None:
    lost(life)
    bookkeeper.edit_estimate(life.house.company, life.item.erp_id, memo=memo)
    life.visits()
    assert life.item.state == "Synced"
    assert (carried(life), life.estimate["memo"]) == (["-5.44", "1.00", "7.07"], memo)
    life.agrees()


def test_a_mod_that_never_arrived_is_handed_again_as_the_same_message(life: Life) -> None:
    everything(life)
    life.send()
    for _ in range(4):
        caller = life.house.caller()
        caller.turn()
        if life.item.state != "Synced":
            caller.ask()
        caller.close()
        life.house.wait(200)
    life.visits(2)
    (write,) = [message for message in life.house.writes(life.item) if "EstimateMod" in message.body]
    assert (write.handed, life.item.state) == (5, "Synced")
    life.agrees()


def test_a_memo_that_is_full_keeps_the_bookkeepers_words(life: Life) -> None:
    words = "Rita's notes. " * 292
    bookkeeper.edit_estimate(life.house.company, life.item.erp_id, memo=words)
    everything(life)
    life.send()
    life.visits()
    assert life.item.state == "Synced", life.item.error
    assert life.estimate["memo"] == words.strip()
    life.agrees()
