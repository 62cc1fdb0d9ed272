"""Export, Retry, Look again and taking an export back."""

import pytest
from sqlalchemy.exc import IntegrityError

from erp.db import db, transaction
from erp.exchanges import export as exports
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import export, look_again, progress, retry, why_not_look, withdraw
from erp.items.perform import Refused, reject
from erp.moves import Stale
from erp.simulator import bookkeeper, views
from tests.house import House

# Export


def test_export_hands_over_everything_accepted_in_the_tab_and_nothing_else(house: House) -> None:
    job, code = house.accepted("job", house.pier), house.accepted("cost_code", house.code("32-1200"))
    with transaction():
        click = export(house.connection, "cost_code", house.ann)
    assert {item.number for item in click.items} == {"32", "32-1200"}
    assert (code.state, job.state) == ("Exporting", "Accepted")
    assert {e.batch for e in house.exchanges(kind="cost_code")} == {click.batch}


def test_what_the_rules_refuse_now_stays_accepted_with_its_reason(house: House) -> None:
    item = house.accepted("budget", house.locked_budget())
    with transaction():
        house.connection.facts = {**house.connection.facts, "closing_date": "2026-12-31"}
    with transaction():
        click = export(house.connection, "budget", house.ann)
    assert click.items == []
    assert [(i.id, "closed on 2026-12-31" in reasons[0].text) for i, reasons in click.skipped] == [(item.id, True)]
    assert (item.state, house.exchanges(kind="budget")) == ("Accepted", [])


def test_a_first_export_does_not_look(house: House) -> None:
    assert house.exchange(house.exported_job()).look is False


def test_stan_who_lacks_the_privilege_exports_nothing(house: House) -> None:
    item = house.accepted("job", house.pier)
    with transaction():
        click = export(house.connection, "job", house.stan)
    assert (click.items, item.state) == ([], "Accepted")


def test_one_item_never_has_two_open_exchanges(house: House) -> None:
    item = house.exported_job()
    first = house.exchange(item)
    db.session.add(Exchange(**{c.name: getattr(first, c.name) for c in Exchange.__table__.columns if c.name != "id"}))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_progress_counts_what_is_decided(house: House) -> None:
    house.exported("cost_code", house.code("32-1200"))
    assert (progress(house.connection.id, "cost_code").done, progress(house.connection.id, "cost_code").total) == (0, 2)
    house.caller().turn()
    assert progress(house.connection.id, "cost_code").running
    house.caller().drain()
    assert not progress(house.connection.id, "cost_code").running


# Taking it back


def test_an_export_is_taken_back_while_nothing_was_handed_out(house: House) -> None:
    item = house.exported_job()
    with transaction():
        withdraw(item, house.ann)
    assert (item.state, house.exchange(item).state) == ("Accepted", "cancelled")
    assert house.update().outcome == "none"


def test_what_was_taken_back_can_be_exported_and_taken_back_again(house: House) -> None:
    item = house.exported_job()
    with transaction():
        withdraw(item, house.ann)
    house.export("job")
    with transaction():
        withdraw(item, house.ann)
    house.export("job")
    house.caller().drain()
    assert (item.state, [m.writes for m in house.messages(item)]) == ("Synced", [True])


def test_nothing_is_taken_back_after_it_was_handed_out(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    for _ in range(2):
        with pytest.raises(Refused, match="handed to accounting already"), transaction():
            withdraw(item, house.ann)
        caller.close()
    assert item.state == "Unknown"


def test_nothing_is_taken_back_after_it_was_refused_as_in_use(house: House) -> None:
    house.app.config["QBWC_BACKOFF"] = 1.0
    item = house.exported_job()
    bookkeeper.lock(house.company, 3175, times=1)
    house.caller().drain()
    assert (item.state, house.exchange(item).state) == ("Exporting", "queued")
    with pytest.raises(Refused), transaction():
        withdraw(item, house.ann)


def test_taking_back_decides_only_when_it_holds_the_connection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two servers on PostgreSQL the Web Connector may be first; on SQLite every writer waits anyway."""
    item, caller = house.exported_job(), house.caller()
    monkeypatch.setattr(exports, "lock", lambda connection_id: caller.ask())
    with pytest.raises(Refused, match="handed to accounting already"), transaction():
        withdraw(item, house.ann)
    assert (item.state, house.exchange(item).state) == ("Exporting", "handed")


def test_an_old_page_takes_nothing_back(house: House) -> None:
    item = house.exported_job()
    with pytest.raises(Stale), transaction():
        withdraw(item, house.ann, version=item.version - 1)
    assert house.exchange(item).state == "queued"


# Retry


def refused(house: House) -> object:
    """A job that was refused because its name was taken; the name is free now."""
    bookkeeper.add_job(house.company, "City of Bayview", "Pier 9 Sewer Renewal")
    item = house.exported_job()
    house.caller().drain()
    bookkeeper.delete(house.company, "job", "City of Bayview:Pier 9 Sewer Renewal")
    assert item.state == "Failed"
    return item


def test_a_retry_keeps_the_marker_and_looks_before_it_writes(house: House) -> None:
    item = refused(house)
    marker = item.snapshot.marker
    with transaction():
        retry(item, house.ann, {})
    assert (item.state, item.error, house.exchange(item).look) == ("Exporting", {}, True)
    house.caller().drain()
    assert item.state == "Synced"
    assert ["Query" in m.body for m in house.messages(item)] == [False, True, True, False]
    assert all(marker in write.body for write in house.writes(item))


def test_a_retry_finds_what_was_there_after_all(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    caller.answer("", "0x80040400", "QuickBooks said that nothing had happened, and lied.")
    assert item.state == "Failed"
    house.touch(item)
    with transaction():
        retry(item, house.ann, {})
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_a_retry_reopens_the_choices(house: House) -> None:
    item = refused(house)
    other = next(r["id"] for r in views.customers(house.company) if r["full_name"] == "Lakeside Medical Group")
    with transaction():
        retry(item, house.ann, {"customer": other})
    house.caller().drain()
    assert item.erp_name == "Lakeside Medical Group:Pier 9 Sewer Renewal"


def test_a_retry_of_what_was_never_handed_out_says_again_what_is_wrong(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.prefer(house.company, "estimates", False)
    house.caller().drain()
    assert item.error["code"] == "estimates-off"
    with transaction():
        house.connection.facts = {**house.connection.facts, "estimates": True}
        retry(item, house.ann, {})
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "estimates-off"), "it was never sent: it cannot be there"


def test_a_period_opened_again_in_accounting_is_noticed_by_a_visit_that_has_nothing_else_to_do(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.prefer(house.company, "closing_date", "2026-12-31")
    house.caller().drain()
    assert item.state == "Failed"
    bookkeeper.prefer(house.company, "closing_date", "")
    assert house.update().ok
    with transaction():
        assert house.connection.facts["closing_date"] == ""
        retry(item, house.ann, {})
    house.caller().drain()
    assert item.state == "Synced"


def test_what_was_rejected_after_a_failure_is_sent_with_another_marker(house: House) -> None:
    item = refused(house)
    first = item.snapshot.marker
    with transaction():
        reject(item, house.ann, "Please use the new name.")
    house.exported_job()
    house.caller().drain()
    assert item.state == "Synced"
    assert item.snapshot.marker != first


# Look again


def test_nobody_can_ask_for_a_look_that_is_under_way(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    caller.close()
    assert [r.text for r in why_not_look(item, house.ann)] == [
        "It is being looked up already; the next visit of the Web Connector decides."
    ]
    with pytest.raises(Refused), transaction():
        look_again(item, house.ann)


def test_look_again_writes_only_when_it_is_not_there(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    for _ in range(19):
        caller.ask()
    assert item.state == "Exporting" or house.exchange(item).state != "person"
    caller.ask()
    assert house.exchange(item).state == "person"
    caller.close()
    with transaction():
        look_again(item, house.ann)
    assert (item.state, house.exchange(item).look) == ("Exporting", True)
    house.caller().drain()
    assert item.state == "Synced"
    assert [write.outcome for write in house.writes(item)] == ["undecided", "synced"]


def test_stan_cannot_ask_for_a_look(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    for _ in range(20):
        caller.ask()
    assert house.exchange(item).state == "person"
    with pytest.raises(Refused), transaction():
        look_again(item, house.stan)
    assert house.exchange(item).state == "person"
