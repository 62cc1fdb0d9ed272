"""The ways out of Outcome unknown: look again, adopt what is there, send again with eyes open; who may, and what each leaves."""

import threading

import pytest
from sqlalchemy import select

from erp import audit
from erp.audit import Event
from erp.cli.user import give, make
from erp.db import db, transaction
from erp.exchanges import undecided
from erp.exchanges.exchange import OPEN, Exchange
from erp.exchanges.export import look_again, retry
from erp.items import Item, Snapshot
from erp.items.perform import Refused
from erp.moves import Stale
from erp.people import Level, User
from erp.people.user import PUSH
from erp.simulator import bookkeeper, views
from tests.house import House
from tests.unit.exchanges.test_looking import budget as exported_budget
from tests.unit.exchanges.test_looking import code as exported_code
from tests.unit.exchanges.test_looking import foreign_estimate, lost, move_estimate, move_job
from tests.unit.exchanges.test_looking import job as exported_job
from tests.unit.exchanges.test_mod import resend

STATION = "City of Bayview:Fire Station 4"
WHY = "I compared both sides with Rita."


def person(house: House, name: str, privilege: str = "", **levels: Level) -> User:
    with transaction():
        user = make(f"{name.lower()}@x.test", name, "-", **levels)
        if privilege:
            give(user, privilege)
    return user


@pytest.fixture
def erin(house: House) -> User:
    """An ERP administrator with the privilege."""
    return person(house, "Erin", PUSH, erp=Level.ADMIN)


def foreign(house: House) -> Item:
    """A budget whose message got lost, and a foreign Estimate with its number on the job."""
    item = exported_budget(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    foreign_estimate(house, "25-1361-B")
    house.caller().drain()
    assert (item.state, house.exchange(item).state) == ("Unknown", "person")
    return item


def moved(house: House) -> Item:
    """A budget that was carried out, lost, and moved to another job by a bookkeeper."""
    item, number = lost(house, exported_budget)
    house.touch(item)
    move_estimate(house, number, STATION)
    house.caller().drain()
    assert (item.state, house.exchange(item).state) == ("Unknown", "person")
    return item


def changed(house: House) -> Item:
    """A budget that was carried out, lost, and a line of it changed by a bookkeeper."""
    item, number = lost(house, exported_budget)
    house.touch(item)
    bookkeeper.edit_estimate_line(house.company, number, 1, "1.00")
    house.caller().drain()
    assert item.state == "Unknown"
    return item


def found_id(item: Item) -> str:
    (one,) = undecided.candidates(item)
    return str(one["result"]["erp_id"])


def adopt(item: Item, who: User, reason: str = WHY, **options: object) -> Event:
    with transaction():
        return undecided.adopt(item, who, str(options.pop("erp_id", "") or found_id(item)), reason, **options)


def send_again(item: Item, who: User, reason: str = WHY) -> Exchange:
    with transaction():
        return undecided.send_again(item, who, reason)


def open_of(house: House, item: Item) -> list[str]:
    return [row.state for row in house.exchanges(item_id=item.id) if row.state in OPEN]


def estimates(house: House) -> list[str]:
    return [row["id"] for row in views.estimates(house.company)]


def refusal(deed: object) -> str:
    with pytest.raises(Refused) as refused, transaction():
        deed()
    return str(refused.value)


# what the look leaves for the person


def test_the_look_keeps_what_it_found_with_both_sides_of_what_differs(house: House) -> None:
    item = changed(house)
    (one,) = undecided.candidates(item)
    assert one["result"]["erp_id"] in estimates(house)
    assert one["differences"] == [["32-1200", "1,000.50", "1.00"], ["Total", "6,001.50", "5,002.00"]]
    assert (one["marked"], one["tick"]) == (True, "")


def test_a_foreign_estimate_is_shown_as_such(house: House) -> None:
    (one,) = undecided.candidates(foreign(house))
    assert not one["marked"]
    assert ["Lines", "3", "1"] in one["differences"]


def test_a_moved_estimate_needs_a_tick(house: House) -> None:
    (one,) = undecided.candidates(moved(house))
    assert one["tick"] == f"It is on {STATION}, not on City of Bayview:Pier 9 Sewer Renewal."


def test_what_is_still_being_looked_up_has_no_way_out(house: House, erin: User) -> None:
    item, _ = lost(house, exported_budget)
    assert "being looked up" in refusal(lambda: undecided.adopt(item, house.ann, "1", WHY))
    assert "being looked up" in refusal(lambda: undecided.send_again(item, erin, WHY))


# adopt


def test_adopting_makes_it_synced_with_person_reason_and_differences_in_the_history(house: House) -> None:
    item = changed(house)
    there = found_id(item)
    event = adopt(item, house.ann)
    assert (item.state, item.erp_id, open_of(house, item)) == ("Synced", there, [])
    assert (event.actor, event.comment) == ("Ann", WHY)
    assert event.details["differences"][0] == ["32-1200", "1,000.50", "1.00"]
    assert item.snapshot.synced_at
    assert len(house.writes(item)) == 1


def test_what_was_adopted_is_verified_at_the_next_visit(house: House) -> None:
    item = changed(house)
    adopt(item, house.ann)
    assert [row.subject for row in house.exchanges(purpose="verify")] == [f"verify:item:{item.id}"]
    house.caller().drain()
    assert [row.state for row in house.exchanges(purpose="verify")] == ["synced"]


def test_a_foreign_estimate_can_be_adopted_and_its_changes_travel_afterwards(house: House) -> None:
    item = foreign(house)
    adopt(item, house.ann)
    assert (item.state, item.erp_id) == ("Synced", estimates(house)[0])
    house.update()
    house.wait(60)
    resend(house, line0=5_00)
    for _ in range(4):
        house.wait(90)
        house.update()
    assert item.state == "Synced"
    assert [line["amount"] for line in views.estimates(house.company)[0]["lines"]] == ["5.00", "5.00"]
    assert item.result["adopted"]["marker"]
    assert item.result["changed"] == []


def test_a_moved_one_is_adopted_only_with_the_tick(house: House) -> None:
    item = moved(house)
    assert "Tick the box" in refusal(lambda: undecided.adopt(item, house.ann, found_id(item), WHY))
    adopt(item, house.ann, elsewhere=True)
    assert item.state == "Synced"


def test_adopting_needs_a_reason(house: House) -> None:
    item = changed(house)
    assert "Write a reason" in refusal(lambda: undecided.adopt(item, house.ann, found_id(item), "  "))
    assert (item.state, open_of(house, item)) == ("Unknown", ["person"])


def test_only_what_the_look_found_can_be_adopted(house: House) -> None:
    item = changed(house)
    assert "Choose one of those" in refusal(lambda: undecided.adopt(item, house.ann, "FFFF-1", WHY))


def test_what_another_item_holds_is_never_adopted(house: House) -> None:
    item, name = lost(house, exported_job)
    house.touch(item)
    move_job(house, name, "Lakeside Medical Group")
    other = house.exported("job", house.project("25-0001"))
    house.caller().drain()
    assert (item.state, other.state) == ("Unknown", "Synced")
    with transaction():
        undecided.read(item, house.ann, other.erp_id)
    house.caller().drain()
    assert (item.state, found_id(item)) == ("Unknown", other.erp_id)
    assert f"belongs to {other.number} {other.title} already. Choose another one; or, if" in refusal(
        lambda: undecided.adopt(item, house.ann, other.erp_id, WHY, elsewhere=True)
    )


def test_a_code_of_the_bookkeepers_own_can_be_adopted(house: House) -> None:
    item, name = lost(house, exported_code)
    house.touch(item)
    row = next(row for row in views.items(house.company) if row["full_name"] == name)
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}"
                "</EditSequence><SalesAndPurchaseMod><IncomeAccountRef><FullName>Change Order Income</FullName>"
                "</IncomeAccountRef></SalesAndPurchaseMod></ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    house.caller().drain()
    assert undecided.candidates(item)[0]["differences"] == [["Income account", "Construction Income", "Change Order Income"]]
    adopt(item, house.ann)
    assert item.state == "Synced"


# reading a pasted id


def test_a_pasted_id_is_read_and_shown_and_counts_only_when_adopted(house: House) -> None:
    item = foreign(house)
    made = foreign_estimate(house, "R-77")
    with transaction():
        undecided.read(item, house.ann, f" {made} ")
    assert (item.state, open_of(house, item)) == ("Exporting", ["queued"])
    house.caller().drain()
    assert (item.state, found_id(item), item.erp_id) == ("Unknown", made, "")
    adopt(item, house.ann)
    assert (item.state, item.erp_id, len(house.writes(item))) == ("Synced", made, 1)


def test_a_pasted_id_that_is_ours_and_equal_is_synced_by_itself(house: House) -> None:
    item = moved(house)
    move_estimate(house, views.estimates(house.company)[0]["ref_number"], "City of Bayview:Pier 9 Sewer Renewal")
    with transaction():
        undecided.read(item, house.ann, estimates(house)[0])
    house.caller().drain()
    assert item.state == "Synced"


@pytest.mark.parametrize("text", ["", "<TxnID>", "x" * 37, "a b"])
def test_what_is_no_id_is_never_asked(house: House, text: str) -> None:
    item = foreign(house)
    assert "no id" in refusal(lambda: undecided.read(item, house.ann, text))


def test_a_pasted_id_that_is_not_there_says_so(house: House) -> None:
    item = foreign(house)
    with transaction():
        undecided.read(item, house.ann, "FFFF-1")
    house.caller().drain()
    assert (item.state, item.error["message"]) == ("Unknown", "Nothing with the id FFFF-1 is in QuickBooks.")
    assert undecided.candidates(item) == []


def test_a_read_whose_answer_is_lost_is_asked_again_and_never_writes(house: House) -> None:
    item = foreign(house)
    with transaction():
        undecided.read(item, house.ann, estimates(house)[0])
    caller = house.caller()
    caller.ask()
    caller.close()
    house.caller().drain()
    assert (item.state, len(undecided.candidates(item)), len(house.writes(item))) == ("Unknown", 1, 1)


# send again with eyes open


def test_sending_again_looks_once_more_and_writes_under_a_new_marker(house: House, erin: User) -> None:
    item = foreign(house)
    old = item.snapshot.marker
    send_again(item, erin)
    assert (item.state, item.snapshot.marker != old, open_of(house, item)) == ("Exporting", True, ["queued"])
    house.caller().drain()
    assert (item.state, len(estimates(house))) == ("Synced", 2)
    asked = [("Query" in message.body, message.writes) for message in house.messages_of(house.exchange(item))]
    assert asked == [(True, False), (True, False), (False, True)]


def test_the_history_has_both_markers_the_person_and_the_reason(house: House, erin: User) -> None:
    item = foreign(house)
    old = item.snapshot.marker
    send_again(item, erin)
    event = audit.history(item.subject)[-1]
    assert (event.action, event.actor, event.comment) == ("send_again", "Erin", WHY)
    assert (event.details["old_marker"], event.details["marker"]) == (old, item.snapshot.marker)


def test_the_first_try_that_arrives_after_all_stops_it(house: House, erin: User) -> None:
    item = exported_budget(house)
    slow = house.caller()
    zombie = slow.ask()
    slow.close()
    foreign_estimate(house, "25-1361-B")
    house.caller().drain()
    assert item.state == "Unknown"
    house.touch(item)
    send_again(item, erin)
    slow.carry(zombie)
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Unknown", 1)
    assert item.error["message"].startswith("An earlier try of it has arrived after all")
    adopt(item, house.ann)
    assert (item.state, len(estimates(house))) == ("Synced", 2)


def test_a_first_try_the_person_has_seen_does_not_stop_it(house: House, erin: User) -> None:
    item = changed(house)
    send_again(item, erin)
    house.caller().drain()
    assert (item.state, len(estimates(house))) == ("Synced", 2)


def test_the_new_write_when_lost_is_looked_up_under_the_new_marker(house: House, erin: User) -> None:
    item = foreign(house)
    send_again(item, erin)
    caller = house.caller()
    caller.turn()
    caller.turn()
    caller.lose_answer()
    caller.close()
    assert item.state == "Unknown"
    house.caller().drain()
    assert (item.state, len(estimates(house)), [w.handed for w in house.writes(item)]) == ("Synced", 2, [1, 1])


def test_a_refused_second_try_can_be_retried_and_looks_for_both_markers(house: House, erin: User) -> None:
    item = foreign(house)
    send_again(item, erin)
    bookkeeper.prefer(house.company, "estimates", False)
    for _ in range(8):
        house.wait(120)
        house.update()
    bookkeeper.prefer(house.company, "estimates", True)
    assert item.state in ("Failed", "Unknown")
    with transaction():
        retry(item, house.ann, {}) if item.state == "Failed" else look_again(item, house.ann)
    assert house.exchange(item).look


def test_sending_again_the_changes_of_a_budget_adds_them_once_more(house: House, erin: User) -> None:
    item = house.exported_budget(100_000, 200_000)
    house.update()
    house.wait(60)
    resend(house, line0=5_00)
    caller = house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    bookkeeper.edit_estimate_line(house.company, estimates(house)[0], 3, "4.00")
    house.touch(item)
    house.caller().drain()
    assert item.state == "Unknown"
    send_again(item, erin)
    for _ in range(4):
        house.wait(90)
        house.update()
    assert item.state == "Synced"
    assert [line["amount"] for line in views.estimates(house.company)[0]["lines"]] == ["1000.00", "2000.00", "4.00", "5.00"]


def test_sending_again_needs_a_reason(house: House, erin: User) -> None:
    item = foreign(house)
    assert "Write a reason" in refusal(lambda: undecided.send_again(item, erin, ""))
    assert open_of(house, item) == ["person"]


def test_the_transactions_of_the_budget_go_with_the_new_snapshot(house: House, erin: User) -> None:
    item = foreign(house)
    send_again(item, erin)
    entries = {entry.snapshot_id for entry in db.session.execute(db.text("SELECT snapshot_id FROM budget_entries"))}
    assert entries == {item.snapshot_id}
    assert db.session.scalars(select(Snapshot.instead_of).filter_by(id=item.snapshot_id)).one()


# who may


def test_who_may_adopt_and_who_may_send_again(house: House, erin: User) -> None:
    item = changed(house)
    adam, olga = person(house, "Adam", erp=Level.ADMIN), house.olga
    may_adopt = {
        user.name: not undecided.why_not_adopt(item, user) for user in (house.pam, house.ann, house.stan, adam, olga, erin)
    }
    may_again = {
        user.name: not undecided.why_not_send_again(item, user) for user in (house.pam, house.ann, house.stan, adam, olga, erin)
    }
    assert may_adopt == {"Pam": False, "Ann": True, "Stan": False, "Adam": False, "Olga": False, "Erin": True}
    assert may_again == {"Pam": False, "Ann": False, "Stan": False, "Adam": False, "Olga": False, "Erin": True}
    for user in (house.pam, house.ann, house.stan, adam, olga):
        refusal(lambda user=user: undecided.send_again(item, user, WHY))
    for user in (house.pam, house.stan, adam, olga):
        refusal(lambda user=user: undecided.adopt(item, user, found_id(item), WHY))
        refusal(lambda user=user: undecided.read(item, user, "1-1"))
    assert (item.state, open_of(house, item)) == ("Unknown", ["person"])


# two people, a stale page


def test_a_stale_page_decides_nothing(house: House, erin: User) -> None:
    item = changed(house)
    shown, there = item.version, found_id(item)
    with transaction():
        look_again(item, house.bob)
    house.caller().drain()
    for deed in (lambda: undecided.adopt(item, house.ann, there, WHY, version=shown),
                 lambda: undecided.send_again(item, erin, WHY, version=shown),
                 lambda: undecided.read(item, house.ann, there, version=shown)):  # fmt: skip
        with pytest.raises(Stale), transaction():
            deed()
    assert (item.state, open_of(house, item)) == ("Unknown", ["person"])


def test_of_two_at_once_one_wins(house: House, erin: User) -> None:
    item = changed(house)
    key, there, ann, admin, won = item.id, found_id(item), house.ann.id, erin.id, []
    db.session.rollback()
    ready = threading.Barrier(2)

    def decide(deed: object) -> None:
        with house.app.app_context():
            ready.wait()
            try:
                with transaction():
                    deed(db.session.get_one(Item, key))
                    won.append(1)
            except (Refused, Stale):
                pass
            finally:
                db.session.remove()

    deeds = (lambda row: undecided.adopt(row, db.session.get_one(User, ann), there, WHY),
             lambda row: undecided.send_again(row, db.session.get_one(User, admin), WHY))  # fmt: skip
    threads = [threading.Thread(target=decide, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert won == [1]
    assert item.state in ("Synced", "Exporting")
    house.caller().drain()
