"""The page Outcome unknown and the page Verify, as people see them, over the simulated company file."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from erp.cli.user import give, make
from erp.db import db, transaction
from erp.exchanges import undecided, verify
from erp.items import Item
from erp.people import Level, User, sessions
from erp.people.user import PUSH
from erp.simulator import bookkeeper, views
from tests.house import House, move_in
from tests.invariants import check_all
from tests.unit.exchanges.test_undecided import WHY, changed, foreign, found_id, moved
from tests.unit.web.conftest import Browser
from tests.unit.web.pages import all_words, page, told

As = Callable[[str], FlaskClient]


@pytest.fixture
def house() -> Iterator[House]:
    """The house with Adam, Olga, Rita who only reads, and Erin, an ERP administrator with the privilege."""
    with move_in() as moved_in:
        with transaction():
            make("adam@x.test", "Adam", "-", erp=Level.ADMIN)
            make("rita@x.test", "Rita", "-", erp=Level.READ)
            give(make("erin@x.test", "Erin", "-", erp=Level.ADMIN), PUSH)
        yield moved_in
        check_all(moved_in.company, moved_in.connection, touched=moved_in.touched)


@pytest.fixture
def as_(house: House) -> As:
    """A browser with this person logged in."""

    def browser(name: str) -> FlaskClient:
        made = Browser(house.app, house.app.response_class)
        user = db.session.scalars(select(User).filter_by(name=name.title())).one()
        with made.session_transaction() as cookie:
            cookie["_user_id"] = sessions.begin(user)
            db.session.commit()
        return made

    return browser


def url(item: Item, tail: str = "") -> str:
    return f"/erp/{item.connection_id}/items/{item.id}/unknown{tail}"


def controls(answer: object) -> list[str]:
    return all_words(answer, "//main//button")


# Outcome unknown


def test_the_row_and_the_page_of_all_kinds_lead_there(house: House, as_: As) -> None:
    item = changed(house)
    for path in (f"/erp/{item.connection_id}/budget/failed-to-export", f"/erp/{item.connection_id}/all-kinds",
                 f"/erp/{item.connection_id}/items/{item.id}/record", f"/erp/{item.connection_id}/items/{item.id}"):  # fmt: skip
        assert page(as_("ann").get(path)).xpath(f"//a[@href='{url(item)}']"), path


def test_the_page_tells_every_message_and_what_the_look_found(house: House, as_: As) -> None:
    item = changed(house)
    answer = as_("ann").get(url(item))
    rows = all_words(answer, "//section[@aria-labelledby='known']//tbody/tr")
    assert rows[0].startswith(f"Written {item.snapshot.marker}")
    assert "Nothing: the answer was lost; undecided" in rows[0]
    assert "Answered" in rows[1]
    differences = all_words(answer, "//article//tbody/tr")
    assert differences == ["32-12001,000.501.00", "Total6,001.505,002.00"]


@pytest.mark.parametrize(("name", "status", "shown"), [
    ("pam", 403, []), ("olga", 403, []), ("rita", 200, []), ("stan", 200, []), ("adam", 200, []),
    ("ann", 200, ["Adopt what is there", "Look again", "Read it"]),
    ("erin", 200, ["Adopt what is there", "Look again", "Read it", "Send again"]),
])  # fmt: skip
def test_each_person_sees_the_ways_out_that_are_his(house: House, as_: As, name: str, status: int, shown: list[str]) -> None:
    answer = as_(name).get(url(changed(house)))
    assert (answer.status_code, controls(answer) if status == 200 else []) == (status, shown)


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga", "rita", "ann"])
def test_who_may_not_is_refused_at_the_door(house: House, as_: As, name: str) -> None:
    item = changed(house)
    form = {"reason": WHY, "erp_id": found_id(item)}
    tails = ["/resending"] if name == "ann" else ["/resending", "/adoption", "/look"]
    assert {as_(name).post(url(item, tail), data=form).status_code for tail in tails} == {403}
    assert item.state == "Unknown"


def test_ann_adopts_with_a_reason(house: House, as_: As) -> None:
    item = changed(house)
    form = {"erp_id": found_id(item), "version": item.version}
    refused = as_("ann").post(url(item, "/adoption"), data=form)
    assert (refused.status_code, "Write a reason first." in told(refused)[0]) == (422, True)
    done = as_("ann").post(url(item, "/adoption"), data=form | {"reason": WHY}, follow_redirects=True)
    assert told(done) == ["Adopted. It is Synced now, and it is verified at the next visit of the Web Connector."]
    assert controls(done) == []
    kept = as_("ann").get(f"/erp/{item.connection_id}/items/{item.id}/record").text
    assert [text in kept for text in (WHY, "What differed then", "1,000.50")] == [True, True, True]


def test_a_refused_adoption_keeps_the_reason_that_was_written(house: House, as_: As) -> None:
    item = moved(house)
    answer = as_("ann").post(url(item, "/adoption"), data={"erp_id": found_id(item), "reason": WHY})
    assert "Tick the box" in told(answer)[0]
    assert page(answer).xpath("//article//input[@name='reason']/@value") == [WHY]


def test_ann_has_an_id_read(house: House, as_: As) -> None:
    item = foreign(house)
    answer = as_("ann").post(url(item, "/look"), data={"erp_id": "no id!"})
    assert (answer.status_code, item.state) == (422, "Unknown")
    as_("ann").post(url(item, "/look"), data={"erp_id": found_id(item)})
    assert item.state == "Exporting"


def test_erin_sends_it_again(house: House, as_: As) -> None:
    item = foreign(house)
    done = as_("erin").post(url(item, "/resending"), data={"reason": WHY, "version": item.version}, follow_redirects=True)
    assert told(done)[0].startswith("It is sent again")
    house.caller().drain()
    assert item.state == "Synced"


def test_a_stale_page_says_who_was_first(house: House, as_: As) -> None:
    item = changed(house)
    form = {"erp_id": found_id(item), "version": item.version, "reason": WHY}
    with transaction():
        undecided.adopt(item, house.bob, found_id(item), WHY)
    for name, tail in (("ann", "/adoption"), ("ann", "/look"), ("erin", "/resending")):
        answer = as_(name).post(url(item, tail), data=form)
        assert (answer.status_code, "Bob adopted what is there first" in told(answer)[0]) == (409, True)


def test_words_of_accounting_are_escaped(house: House, as_: As) -> None:
    item, bad = changed(house), "<img src=x onerror=alert(1)>"
    bookkeeper.edit_estimate(house.company, views.estimates(house.company)[0]["id"], RefNumber=bad[:11])
    with transaction():
        undecided.read(item, house.ann, found_id(item))
    house.caller().drain()
    assert "<img" not in as_("ann").get(url(item)).text


def test_a_page_of_another_connection_is_404(house: House, as_: As) -> None:
    item = changed(house)
    assert as_("ann").get(f"/erp/99/items/{item.id}/unknown").status_code == 404
    assert as_("ann").get(url(item).replace(f"items/{item.id}", "items/999")).status_code == 404


# Verify


@pytest.fixture
def budget(house: House) -> Item:
    made = house.exported_budget(100_000, 200_000)
    house.update()
    house.wait(60)
    return made


def test_adam_verifies_everything_and_reads_what_was_found(house: House, as_: As, budget: Item) -> None:
    bookkeeper.edit_estimate_line(house.company, views.estimates(house.company)[0]["id"], 1, "7.00")
    house.touch(budget)
    done = as_("adam").post(f"/erp/{budget.connection_id}/verify", follow_redirects=True)
    assert "7 items are verified at the next visit" in told(done)[0]
    house.update()
    answer = as_("stan").get(f"/erp/{budget.connection_id}/verify")
    first = all_words(answer, "//main//tbody/tr")[0]
    assert "Changed" in first
    assert "32-1200: 1,000.00 sent, 7.00 there" in first
    assert all_words(answer, "//nav[@aria-label='Verdicts']//a")[:2] == ["All 7", "OK 6"]
    assert len(all_words(as_("stan").get(f"/erp/{budget.connection_id}/verify?state=changed"), "//main//tbody/tr")) == 1


def test_the_file_has_every_item(house: House, as_: As, budget: Item) -> None:
    with transaction():
        verify.everything(house.connection)
    house.update()
    for kind in ("csv", "xlsx"):
        answer = as_("stan").get(f"/erp/{budget.connection_id}/verify.{kind}")
        assert answer.status_code == 200
    lines = as_("stan").get(f"/erp/{budget.connection_id}/verify.csv").data.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0]) == (8, "Tab,Number,Name,ID,Verdict,What,Verified at,Found at")


def test_who_sees_which_button(house: House, as_: As, budget: Item) -> None:
    path, one = f"/erp/{budget.connection_id}/verify", f"/erp/{budget.connection_id}/items/{budget.id}/verification"
    seen = {name: "Verify everything" in controls(as_(name).get(path)) for name in ("rita", "stan", "ann", "adam", "erin")}
    assert seen == {"rita": False, "stan": False, "ann": False, "adam": True, "erin": True}
    posted = {name: as_(name).post(path).status_code for name in ("pam", "rita", "stan", "ann", "olga")}
    assert set(posted.values()) == {403}
    assert {as_(name).post(one).status_code for name in ("pam", "rita", "olga")} == {403}
    assert as_("stan").post(one).status_code == 303


def test_one_item_shows_its_verdict_and_time_in_details_and_record(house: House, as_: As, budget: Item) -> None:
    done = as_("ann").post(f"/erp/{budget.connection_id}/items/{budget.id}/verification", follow_redirects=True)
    assert told(done) == ["It is verified at the next visit of the Web Connector."]
    assert "Verifying…" in controls(done)
    house.update()
    for path in (f"/erp/{budget.connection_id}/items/{budget.id}", f"/erp/{budget.connection_id}/items/{budget.id}/record"):
        assert "OK in QuickBooks verified 2026-11-23" in all_words(as_("ann").get(path), "//div[@class='verified']")[0]


def test_what_is_not_synced_is_not_verified(house: House, as_: As) -> None:
    item = changed(house)
    done = as_("ann").post(f"/erp/{item.connection_id}/items/{item.id}/verification", follow_redirects=True)
    assert "only what is synced" in told(done)[0]


def test_the_nightly_check_is_chosen_by_an_administrator(house: House, as_: As) -> None:
    path = f"/erp/{house.connection.id}/verify"
    assert page(as_("adam").get(path)).xpath("//input[@name='on']/@checked")
    bad = as_("adam").post(f"{path}/night", data={"on": "y", "at": "25:00", "zone": "Mars"})
    assert (bad.status_code, "02:00." in bad.text, "America/Los_Angeles" in bad.text) == (422, True, True)
    as_("adam").post(f"{path}/night", data={"at": "03:30", "zone": "Europe/Berlin"})
    row = verify.night_check(house.connection)
    assert (row.on, row.at, row.zone) == (False, "03:30", "Europe/Berlin")
    assert as_("ann").post(f"{path}/night", data={"at": "03:30", "zone": "UTC"}).status_code == 403
