"""What may go wrong with lists that come back, through the real SOAP door and as people see it: a sentence, and nothing is lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from erp.books.records import Record
from erp.connectors.quickbooks import lists, session
from erp.db import db, transaction
from erp.exchanges.refresh import refresh
from erp.items import Item, find
from erp.people import Level, sessions
from erp.simulator import bookkeeper, views
from erp.simulator.faults import ConnectorDied
from erp.states import RecordState
from tests.house import CUSTOMER, House
from tests.unit.web.conftest import Browser
from tests.unit.web.pages import all_words, page, rows, told, words

LIST = "job/ready-to-import"
NOTICE = "//div[@class='list-refresh']/following-sibling::p[contains(@class, 'notice')]"

BROKE_OFF = "The last reading broke off after 2 rows. It begins anew by itself; nothing is lost."


@pytest.fixture
def adam(house: House) -> FlaskClient:
    """Ann, who may do what an ERP administrator may, in her browser."""
    with transaction():
        house.ann.grants[0].level = Level.ADMIN
    browser = Browser(house.app, house.app.response_class)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(house.ann)
        db.session.commit()
    return browser


@pytest.fixture(autouse=True)
def whole(house: House) -> None:
    """The next reading is one of the whole list."""
    with transaction():
        for row in house.connection.schedules:
            row.whole_at = None


def url(house: House, rest: str = LIST) -> str:
    return f"/erp/{house.connection.id}/{rest}"


def read(house: House, *names: str, **options: Any) -> Any:
    """A refresh by the button, and a whole session of the Web Connector at our door."""
    with transaction():
        refresh(house.connection, names or ("customer",))
    ended = house.update(**options)
    db.session.expire_all()
    return ended


def known(house: House) -> dict[str, str]:
    """The customers and jobs that we take for real: id -> full name."""
    asked = select(Record).where(Record.list.in_(("customer", "job")), Record.state != RecordState.GONE)
    return {row.erp_id: row.full_name for row in db.session.scalars(asked)}


def there(house: House) -> dict[str, str]:
    """Those of the company file."""
    return {one["id"]: one["full_name"] for one in views.customers(house.company)}


def is_whole(house: House, adam: FlaskClient) -> None:
    """Our records are the company file's, and the desk has nothing to say about the list."""
    db.session.expire_all()
    assert known(house) == there(house)
    assert all_words(adam.get(url(house)), NOTICE) == []


def record(house: House, list_name: str, full_name: str) -> Record:
    return db.session.scalars(
        select(Record).filter_by(connection_id=house.connection.id, list=list_name, full_name=full_name)
    ).one()


def nth(n: int, stage: str, deed: Callable[[], str | None]) -> Callable[[str], str | None]:
    """A fault at the n-th time that a session comes to this stage."""
    passed: Iterator[int] = iter(range(1, 10_000))
    return lambda at: deed() if at == stage and next(passed) == n else None


def dies() -> str:
    raise ConnectorDied


# half a page of an iterator


def test_half_a_page_is_read_anew_in_the_same_session(house: House, adam: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    ended = read(house, fault=nth(2, "executed", lambda: "truncate"))
    assert not ended.exchanges[1][1].endswith("</QBXML>"), "it was half a page"
    assert ended.ok
    is_whole(house, adam)


def test_after_half_a_page_and_silence_the_desk_says_so_and_the_next_session_reads_it_all(
    house: House, adam: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    before = known(house)
    bookkeeper.add_job(house.company, CUSTOMER, "Ferry Landing")
    half, silence = nth(2, "executed", lambda: "truncate"), nth(2, "delivered", dies)
    assert read(house, fault=lambda at: half(at) or silence(at)).outcome == "died"
    assert known(house).items() >= before.items()
    assert all_words(adam.get(url(house)), NOTICE) == [BROKE_OFF]
    house.wait(61)
    assert house.update().ok
    is_whole(house, adam)


# a dead iterator


def test_an_iterator_that_dies_in_mid_reading_is_begun_anew_in_the_same_session(
    house: House, adam: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    house.app.config["QBWC_BACKOFF"] = 1.0
    bookkeeper.add_job(house.company, CUSTOMER, "Ferry Landing")

    def forget() -> None:
        house.company.end_session()
        house.company.begin_session()

    ended = read(house, fault=nth(2, "request_received", forget))
    answers = [answer for _, answer in ended.exchanges]
    assert any('statusCode="3391"' in answer or 'statusCode="3390"' in answer for answer in answers), "it did die"
    assert ended.ok
    is_whole(house, adam)


def test_an_iterator_that_dies_with_its_web_connector_is_told_and_the_next_session_begins_anew(
    house: House, adam: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    before = known(house)
    bookkeeper.add_job(house.company, CUSTOMER, "Ferry Landing")
    assert read(house, fault=nth(2, "request_received", dies)).outcome == "died"
    assert known(house).items() >= before.items()
    house.wait(61)
    assert session.sweep() == 1
    assert all_words(adam.get(url(house)), NOTICE) == [BROKE_OFF]
    assert house.update().ok
    is_whole(house, adam)
    assert f"{CUSTOMER}:Ferry Landing" in rows(adam.get(url(house)))


# names that differ only in case


def test_a_vendor_whose_name_differs_only_in_case_is_not_added_twice_and_is_found_by_the_preview(
    house: House, adam: FlaskClient
) -> None:
    ours = house.supplier("DELGADO electric")
    vendor = record(house, "vendor", "Delgado Electric")
    answer = adam.post(
        url(house, f"company/records/{vendor.id}/addition"), data={"filter": "ready-to-import"}, follow_redirects=True
    )
    (said,) = told(answer)
    assert said.startswith("DELGADO electric is here already under the name or number of Delgado Electric. Press Link;")
    shown = adam.get(url(house, "company/records/matches"))
    ids = page(shown).xpath("//input[@name='ids']/@value")
    assert [value.split(":")[:2] for value in ids] == [[str(vendor.id), str(ours.id)]]
    assert told(adam.post(url(house, "company/records/matches"), data={"ids": ids}, follow_redirects=True)) == ["1 linked."]
    assert (house.item(ours).erp_id, house.item(ours).state) == (vendor.erp_id, "Synced")


def test_jobs_of_two_customers_that_differ_only_in_case_are_left_to_a_person(house: House, adam: FlaskClient) -> None:
    for customer, name in ((CUSTOMER, "PIER 9 SEWER RENEWAL"), ("Lakeside Medical Group", "Pier 9 Sewer renewal")):
        bookkeeper.add_job(house.company, customer, name)
    assert read(house).ok
    shown = adam.get(url(house, "job/records/matches"))
    assert page(shown).xpath("//input[@name='ids']") == []
    assert "2 more could be meant by several; link them one by one." in words(page(shown))
    assert find(house.connection.id, house.pier.id) is None


# a job that moves, and one that is linked twice


def linked(house: House, adam: FlaskClient, name: str = "Fire Station 4") -> Item:
    """Pier 9 is linked to a job of the bookkeeper's, on the page."""
    job = record(house, "job", f"{CUSTOMER}:{name}")
    answer = adam.post(url(house, f"job/records/{job.id}/link"), data={"document": house.pier.id, "seen": job.hash})
    assert answer.status_code == 303
    return house.item(house.pier)


def test_a_job_that_was_moved_under_another_customer_is_told_in_its_row_and_stays_linked(house: House, adam: FlaskClient) -> None:
    item = linked(house, adam)
    job = record(house, "job", f"{CUSTOMER}:Fire Station 4")
    other = record(house, "customer", "Lakeside Medical Group")
    house.qbxml(f"<CustomerModRq><CustomerMod><ListID>{job.erp_id}</ListID><EditSequence>{job.edit_sequence}</EditSequence>"
                f"<ParentRef><ListID>{other.erp_id}</ListID></ParentRef></CustomerMod></CustomerModRq>")  # fmt: skip
    assert read(house).ok
    (status,) = all_words(adam.get(url(house, "job/synced")), "//td[@data-label='Status']")
    assert "Moved in QuickBooks: it is Lakeside Medical Group:Fire Station 4 now." in status
    assert (item.state, item.erp_id, job.item_id) == ("Synced", job.erp_id, item.id)


def test_of_two_who_link_one_job_the_second_reads_that_it_is_linked_and_his_project_stays_as_it_was(
    house: House, adam: FlaskClient
) -> None:
    job, noise = record(house, "job", f"{CUSTOMER}:Fire Station 4"), house.project("25-0001")
    seen = job.hash
    item = linked(house, adam)
    answer = adam.post(url(house, f"job/records/{job.id}/link"), data={"document": noise.id, "seen": seen})
    assert answer.status_code == 422
    assert f"{CUSTOMER}:Fire Station 4 is linked already." in words(page(answer))
    assert find(house.connection.id, noise.id) is None
    db.session.expire_all()
    assert (job.item_id, item.state) == (item.id, "Synced")


def test_a_project_that_is_linked_is_not_linked_to_a_second_job(house: House, adam: FlaskClient) -> None:
    item = linked(house, adam)
    second = record(house, "job", f"{CUSTOMER}:City Hall Roof")
    answer = adam.post(url(house, f"job/records/{second.id}/link"), data={"document": house.pier.id, "seen": second.hash})
    assert answer.status_code == 422
    assert f"is linked already, to {CUSTOMER}:Fire Station 4." in words(page(answer))
    assert (second.state, second.item_id, item.erp_name) == ("Staged", None, f"{CUSTOMER}:Fire Station 4")


# another company file


def test_another_company_file_is_named_on_the_desk_and_no_list_is_taken_from_it(house: House, adam: FlaskClient) -> None:
    before = known(house)
    bookkeeper.open_other_file(house.company)
    ended = read(house)
    assert not ended.ok
    assert "The wrong company file is open in QuickBooks (Another Company)" in ended.message
    assert "The wrong company file is open in QuickBooks (Another Company)" in words(page(adam.get(url(house))))
    assert known(house) == before
    bookkeeper.open_own_file(house.company)
    house.wait(61)
    assert house.update().ok
    db.session.expire_all()
    assert known(house) == there(house)
    assert "wrong company file" not in words(page(adam.get(url(house))))
