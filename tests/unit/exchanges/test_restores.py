"""Fault 45: the database is put back to a backup; accounting has what it does not know, and nothing is posted twice."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from erp import invariants
from erp.cli.user import give, make
from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.documents import budget
from erp.documents.budget_modification import modify
from erp.documents.budget_moves import Move
from erp.exchanges import claim, epoch, restores, undecided
from erp.exchanges.exchange import Message
from erp.exchanges.export import look_again
from erp.items.perform import retrieve
from erp.people import Level
from erp.people.user import PUSH
from erp.reports import differences
from erp.simulator import bookkeeper
from erp.simulator.bookkeeper.doing import do_to_estimate
from erp.simulator.estimates import change_head
from tests.house import House, move_in
from tests.invariants import check_all


@pytest.fixture
def house() -> Iterator[House]:
    """As everywhere here; a test whose company file is ahead of these data to the end says `only_product`."""
    with move_in() as moved_in:
        yield moved_in
        assert not invariants.broken(thorough=True)
        if not moved_in.touched:
            check_all(moved_in.company, moved_in.connection)


def only_product(house: House) -> None:
    """Accounting has what these data do not call synced: that is what the differences are about."""
    house.touched.add("everything")


def writes(house: House) -> int:
    return len(list(db.session.scalars(select(Message.key).where(Message.writes))))


def estimates(house: House) -> int:
    with house.company.home.reading() as books:
        return len(list(books.transactions("Estimate")))


def jobs(house: House, name: str) -> int:
    with house.company.home.reading() as books:
        return sum(1 for entry in books.entries("Customer") if entry.name == name)


def change(house: House, amount: int) -> None:
    """Money moves between two lines of Pier 9's budget, and it is on its way once more."""
    house.wait(60)
    found = house.budget_of_pier()
    one, two = found.lines[:2]
    with transaction():
        modify(found, [Move(one, -amount), Move(two, amount)], "More rock", house.pam)
    house.exported("budget", budget.open_for(house.pier, house.pam))


def large_estimates(house: House, count: int, lines: int = 100) -> None:
    """A bookkeeper's own Estimates with many lines."""
    item = house.qbxml('<ItemServiceQueryRq requestID="1"/>').partition("<ListID>")[2].partition("<")[0]
    job = house.qbxml('<CustomerQueryRq requestID="1"/>').partition("<ListID>")[2].partition("<")[0]
    line = f"<EstimateLineAdd><ItemRef><ListID>{item}</ListID></ItemRef><Desc>{'Trench and haul ' * 10}</Desc></EstimateLineAdd>"
    for n in range(count):
        house.qbxml(f'<EstimateAddRq requestID="1"><EstimateAdd><CustomerRef><ListID>{job}</ListID></CustomerRef>'
                    f"<RefNumber>E{n}</RefNumber>{line * lines}</EstimateAdd></EstimateAddRq>")  # fmt: skip


def visits(house: House, times: int) -> None:
    """The Web Connector comes again and again."""
    for _ in range(times):
        house.update()
        house.wait(90)


def move_to(house: House, estimate: str, job: str) -> None:
    """A bookkeeper moves an Estimate to another job."""
    with house.company.home.reading() as books:
        key = next(entry.id for entry in books.entries("Customer") if entry.name == job)
    do_to_estimate(house.company, estimate, lambda books, txn: change_head(books, txn, {"CustomerRef": {"ListID": key}}))


def test_what_was_exported_after_the_backup_is_found_and_not_posted_again(house: House) -> None:
    item = house.accepted("budget", house.locked_budget())
    backup = house.backup()
    house.export("budget")
    assert house.update().ok
    house.restore(backup)
    item = house.item(house.budget_of_pier())
    assert item.state == "Accepted"
    before = writes(house)
    house.export("budget")
    assert house.update().ok
    assert (item.state, writes(house), estimates(house)) == ("Synced", before, 1)


def test_what_was_queued_at_the_backup_is_looked_up_first(house: House) -> None:
    item = house.exported_budget()
    backup = house.backup()
    assert house.update().ok
    house.restore(backup)
    before = writes(house)
    assert house.update().ok
    item = house.item(house.budget_of_pier())
    assert (item.state, writes(house), estimates(house)) == ("Synced", before, 1)


def test_nothing_is_written_before_everything_was_read_again(house: House) -> None:
    house.exported_budget()
    house.restore(house.backup())
    caller = house.caller()
    asked = []
    while restores.unread(house.connection) and len(asked) < 50:
        request = caller.ask()
        asked.append(request)
        caller.answer(*caller.carry(request))
    assert not any("EstimateAdd" in request for request in asked)
    assert len([request for request in asked if "iterator=" in request]) == 7
    caller.drain()
    assert house.item(house.budget_of_pier()).state == "Synced"


def test_a_budget_sent_anew_after_the_restore_waits_for_a_person(house: House) -> None:
    """The Estimate of the lost send carries a marker that the database does not know."""
    house.locked_budget()
    backup = house.backup()
    house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    house.restore(backup)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Unknown", 1)
    assert "not sent twice" in item.error["message"]
    with transaction():
        look_again(item, house.ann)
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Unknown", 1)
    bookkeeper.delete_estimate(house.company, "25-1361-B")
    with transaction():
        look_again(item, house.ann)
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Synced", 1)


def test_the_lost_estimate_can_be_adopted_by_an_approver_and_is_changed_from_then_on(house: House) -> None:
    house.locked_budget()
    backup = house.backup()
    house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    house.restore(backup)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    (there,) = undecided.candidates(item)
    with transaction():
        undecided.adopt(item, house.ann, there["result"]["erp_id"], "It is the one of Monday")
    assert (item.state, item.erp_id, estimates(house)) == ("Synced", there["result"]["erp_id"], 1)
    change(house, 5_00)
    assert house.update().ok
    house.wait(60)
    assert house.update().ok
    assert (item.state, estimates(house), item.error) == ("Synced", 1, {})


def test_who_saw_the_lost_estimate_and_sends_again_all_the_same_gets_a_second_one(house: House) -> None:
    house.locked_budget()
    backup = house.backup()
    house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    house.restore(backup)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    with transaction():
        erin = make("erin@x.test", "Erin", "-", erp=Level.ADMIN)
        give(erin, PUSH)
        undecided.send_again(item, erin, "That one is voided by hand.")
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Synced", 2)


def test_a_budget_taken_back_and_sent_anew_after_the_restore_waits_too(house: House) -> None:
    """The database knows the marker, but not that it arrived."""
    item = house.accepted("budget", house.locked_budget())
    backup = house.backup()
    house.export("budget")
    assert house.update().ok
    house.restore(backup)
    item = house.item(house.budget_of_pier())
    with transaction():
        retrieve(item, house.pam)
    known = item.snapshot.marker
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Unknown", 1)
    assert known in item.error["message"]
    only_product(house)


def test_an_estimate_that_was_moved_away_meanwhile_is_found_by_what_it_says(house: House) -> None:
    house.locked_budget()
    backup = house.backup()
    house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    move_to(house, "25-1361-B", "Fire Station 4")
    house.restore(backup)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Unknown", 1)


def test_a_lost_estimate_on_another_job_is_still_found_weeks_after_the_restore(house: House) -> None:
    house.locked_budget()
    backup = house.backup()
    house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    move_to(house, "25-1361-B", "Fire Station 4")
    house.restore(backup)
    visits(house, 2)
    house.wait(30 * 86400)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    assert (item.state, estimates(house)) == ("Unknown", 1)


def test_a_project_sent_anew_after_the_restore_waits_for_a_person(house: House) -> None:
    backup = house.backup()
    house.exported_job()
    assert house.update().ok
    house.restore(backup)
    item = house.exported_job()
    assert house.update().ok
    assert (item.state, jobs(house, house.pier.name)) == ("Unknown", 1)


def test_a_renamed_job_is_found_by_its_number(house: House) -> None:
    backup = house.backup()
    house.exported_job()
    assert house.update().ok
    bookkeeper.rename(house.company, "customer", f"City of Bayview:{house.pier.name}", "Pier Nine")
    house.restore(backup)
    item = house.exported_job()
    assert house.update().ok
    assert (item.state, jobs(house, house.pier.name), jobs(house, "Pier Nine")) == ("Unknown", 0, 1)


def test_a_cost_code_sent_anew_after_the_restore_is_known_by_its_guid(house: House) -> None:
    house.exported_code("32-1600")
    assert house.update().ok
    backup = house.backup()
    house.exported("cost_code", house.code("32-1200"))
    assert house.update().ok
    house.restore(backup)
    item = house.exported("cost_code", house.code("32-1200"))
    assert house.update().ok
    assert item.state == "Unknown"
    assert "ExternalGUID" in item.error["message"]


def test_a_change_sent_anew_after_the_restore_waits_for_a_person(house: House) -> None:
    house.exported_budget()
    assert house.update().ok
    backup = house.backup()
    change(house, 12_34)
    assert house.update().ok
    house.restore(backup)
    before = writes(house)
    change(house, 12_34)
    assert house.update().ok
    item = house.item(house.budget_of_pier())
    assert (item.state, writes(house)) == ("Unknown", before)
    assert "nothing is sent twice" in item.error["message"]


def test_a_change_accepted_before_the_backup_is_found_on_its_estimate(house: House) -> None:
    house.exported_budget()
    assert house.update().ok
    house.wait(60)
    found = house.budget_of_pier()
    one, two = found.lines[:2]
    with transaction():
        modify(found, [Move(one, -5_00), Move(two, 5_00)], "More rock", house.pam)
    house.accepted("budget", found)
    backup = house.backup()
    house.export("budget")
    assert house.update().ok
    house.restore(backup)
    before = writes(house)
    house.export("budget")
    assert house.update().ok
    assert (house.item(house.budget_of_pier()).state, writes(house)) == ("Synced", before)


def test_the_differences_name_what_these_data_do_not_know(house: House) -> None:
    house.exported_budget()
    assert house.update().ok
    house.accepted("job", house.project("25-0001"))
    backup = house.backup()
    house.export("job")
    change(house, 12_34)
    assert house.update().ok
    lost = house.item(house.budget_of_pier()).snapshot.marker
    house.restore(backup)
    assert differences.of(house.connection).sentence.endswith("searched for our markers yet")
    assert house.update().ok
    found = differences.of(house.connection)
    assert [row.marker for row in found.unknown] == [lost]
    assert [(item.number, item.state) for _, item in found.ahead] == [("25-0001", "Accepted")]
    assert found.missing == []
    status, told = house.flask("differences")
    assert status == 1
    assert lost in told
    assert "is Accepted here and there already" in told
    only_product(house)


def test_the_differences_name_what_is_missing_in_accounting(house: House) -> None:
    key = house.exported_budget().id
    assert house.update().ok
    house.wait(60)
    backup = house.backup()
    bookkeeper.delete_estimate(house.company, "25-1361-B")
    house.restore(backup)
    assert house.update().ok
    assert [row.id for row in differences.of(house.connection).missing] == [key]
    only_product(house)


def test_a_database_put_back_by_other_means_is_noticed_at_the_next_visit(house: House) -> None:
    house.accepted("budget", house.locked_budget())
    house.leave()
    house.there.copy("house", "copied")
    house.export("budget")
    assert house.update().ok
    house.lay_over("copied")
    house.export("budget")
    before = writes(house)
    assert house.update().ok
    assert restores.since(house.connection) is not None
    assert (house.item(house.budget_of_pier()).state, writes(house), estimates(house)) == ("Synced", before, 1)


def test_a_copy_of_a_running_session_put_back_by_other_means_is_noticed_too(house: House) -> None:
    house.exported_budget()
    caller = house.caller()
    house.leave()
    house.there.copy("house", "copied")
    caller.drain()
    caller.close()
    house.lay_over("copied")
    house.wait(3600)
    session.sweep()
    before = writes(house)
    assert house.update().ok
    assert restores.since(house.connection) is not None
    assert (house.item(house.budget_of_pier()).state, writes(house), estimates(house)) == ("Synced", before, 1)


def test_a_session_whose_end_was_not_noted_beside_the_database_is_no_restore(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.exported_job()
    caller = house.caller()
    caller.drain()
    with monkeypatch.context() as killed:
        killed.setattr(epoch, "follow", lambda connection_id: None)
        caller.close()
    assert house.update().ok
    house.exported("job", house.project("25-0001"))
    assert house.update().ok
    assert restores.since(house.connection) is None


@pytest.mark.parametrize("fate", ["gone", "damaged"])
def test_a_database_without_its_epoch_file_counts_as_restored(house: House, fate: str) -> None:
    file = epoch.path(house.connection.id)
    file.unlink() if fate == "gone" else file.write_text("{")
    house.exported_job()
    assert house.update().ok
    assert restores.since(house.connection) is not None


def test_a_database_that_was_never_restored_never_looks_first(house: House) -> None:
    house.exported_job()
    assert house.update().ok
    assert restores.since(house.connection) is None
    assert not house.exchange(house.item(house.pier)).look


def test_a_restored_connection_writes_though_its_estimates_together_are_too_large_for_the_door(house: House) -> None:
    house.exported_code("32-1600")
    assert house.update().ok
    large_estimates(house, 8)
    house.restore(house.backup())
    house.app.config.update(MAX_CONTENT_LENGTH=250_000, QBWC_MAX_ANSWER=250_000)
    job = house.exported_job()
    visits(house, 5)
    assert not restores.forbids_writing(house.connection)
    assert job.state == "Synced"


def test_years_after_a_restore_a_look_asks_for_what_changed_since_its_own_sending(house: House) -> None:
    house.locked_budget()
    house.restore(house.backup())
    visits(house, 2)
    house.wait(700 * 86400)
    item = house.exported("budget", house.budget_of_pier())
    assert house.update().ok
    (wide,) = [message.body for message in house.messages(item) if "FromModifiedDate" in message.body]
    assert f"<FromModifiedDate>{house.now - claim.MARGIN:%Y-%m-%d}" in wide
    assert item.state == "Synced"


def test_a_look_that_is_too_large_for_the_door_is_taken_in_smaller_steps(house: House) -> None:
    house.locked_budget()
    house.restore(house.backup())
    visits(house, 2)
    large_estimates(house, 8)
    house.app.config.update(MAX_CONTENT_LENGTH=250_000, QBWC_MAX_ANSWER=250_000)
    item = house.exported("budget", house.budget_of_pier())
    visits(house, 5)
    assert (item.state, estimates(house)) == ("Synced", 9)


def test_a_restore_can_be_restored(house: House) -> None:
    house.accepted("budget", house.locked_budget())
    backup = house.backup()
    house.export("budget")
    assert house.update().ok
    for _ in range(2):
        house.restore(backup)
        assert house.update().ok
    house.export("budget")
    assert house.update().ok
    assert (house.item(house.budget_of_pier()).state, estimates(house)) == ("Synced", 1)


def test_restored_by_hand_is_said_with_a_command(house: House) -> None:
    assert house.flask("restored")[0] == 1
    assert restores.since(house.connection) is None
    status, told = house.flask("restored", "--yes")
    assert (status, restores.unread(house.connection) is not None) == (0, True)
    assert "flask differences" in told
