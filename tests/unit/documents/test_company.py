"""Companies of the Directory: what may be saved, when one stands, how they are found."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from erp import audit
from erp.db import db
from erp.documents import company
from erp.documents.company import Company, CompanyRefused
from erp.documents.company_list import listing
from erp.documents.document import StaleDocument
from erp.states import State


@pytest.fixture
def welders(people: SimpleNamespace) -> Company:
    """A company of Pam's; two others make the noise."""
    made = company.create(people.pam, title="Harbor Welding", street="4 Forge Lane", city="Bayview", phone="555-0301",
                          email="office@harbor-welding.test", tax_id="12-3456789", types=["Subcontractor"])  # fmt: skip
    company.create(people.pam, title="atlas Crane Hire", city="Lakeside", last_name="Okafor")
    company.create(people.pam, title="Zenith Surveying", active=False)
    db.session.commit()
    return made


def test_a_company_starts_active_and_empty_and_its_making_is_told(people: SimpleNamespace) -> None:
    made = company.create(people.pam, title="Harbor Welding")
    assert (made.name, made.active, made.types, made.tax_id, made.version) == ("Harbor Welding", True, [], "", 1)
    assert made.project_id is None
    assert [(event.action, event.actor) for event in audit.history(made.subject)] == [("create", "Pam")]


def test_address_and_contact_are_shown_as_far_as_they_are_filled(people: SimpleNamespace, welders: Company) -> None:
    assert (welders.address, welders.contact) == (["4 Forge Lane", "Bayview"], "")
    assert company.create(people.pam, title="B", first_name="Noor", last_name="Haddad").contact == "Noor Haddad"


@pytest.mark.parametrize(("values", "field", "words"), [
    ({"title": " "}, "title", "Name is missing. Write it."),
    ({"title": "x" * 256}, "title", "Name has 256 characters; at most 255 fit. Shorten it."),
    ({"title": "HARBOR welding "}, "title", "Harbor Welding is in the Directory already. Choose another name, or edit that one."),
    ({"title": "B", "phone": "5\x00"}, "phone", "Phone has a control character"),
    ({"title": "B", "tax_id": "9" * 256}, "tax_id", "Tax ID has 256 characters"),
    *(({"title": "B", "email": text}, "email", "is no address. Write it like office@example.com.")
      for text in ("office", "office@", "@x.test", "a b@x.test", "office@localhost", "office@.", "a@x.test,")),
    ({"title": "B", "types": ["Bank"]}, "types", "There is no type Bank. Choose one of the list."),
])  # fmt: skip
def test_what_cannot_be_a_company_is_refused_at_its_field(
    people: SimpleNamespace, welders: Company, values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(CompanyRefused, match=words) as refused:
        company.create(people.pam, **values)
    assert refused.value.field == field
    if values["title"] == "B":
        with pytest.raises(CompanyRefused, match=words):
            company.edit(welders, people.pam, None, **values)


def test_several_addresses_stand_with_commas_between_them(people: SimpleNamespace) -> None:
    assert company.create(people.pam, title="B", email="a@x.test, b@x.test; c@x.test").email.endswith("c@x.test")


def test_editing_tells_what_was_there_and_keeps_the_rest(people: SimpleNamespace, welders: Company) -> None:
    company.edit(welders, people.pam, 1, title="Harbor welding", street="5 Forge Lane")
    assert (welders.title, welders.street, welders.phone, welders.version) == ("Harbor welding", "5 Forge Lane", "555-0301", 2)
    assert audit.history(welders.subject)[-1].details == {
        "was": {"title": "Harbor Welding", "street": "4 Forge Lane"},
        "now": {"title": "Harbor welding", "street": "5 Forge Lane"},
    }


def test_an_older_page_saves_nothing(people: SimpleNamespace, welders: Company) -> None:
    company.edit(welders, people.pam, 1, phone="555-0302")
    with pytest.raises(StaleDocument):
        company.edit(welders, people.pam, 1, phone="555-0303")


def test_the_name_of_another_company_is_not_taken_by_editing(people: SimpleNamespace, welders: Company) -> None:
    with pytest.raises(CompanyRefused, match="atlas Crane Hire is in the Directory already"):
        company.edit(welders, people.pam, None, title="Atlas crane hire")


@pytest.mark.parametrize("state", [state for state in State if state not in (State.WITH_PM, State.SYNCED)])
def test_a_company_on_its_way_stands(people: SimpleNamespace, welders: Company, at: Callable[..., object], state: State) -> None:
    at("company", welders, state)
    with pytest.raises(CompanyRefused, match=f"Harbor Welding was sent to Harbor & Hill and is {state} there"):
        company.edit(welders, people.pam, None, phone="555-0303")


def test_a_synced_company_can_be_edited(people: SimpleNamespace, welders: Company, at: Callable[..., object]) -> None:
    at("company", welders, State.SYNCED, True)
    company.edit(welders, people.pam, None, phone="555-0303")
    assert welders.phone == "555-0303"


def test_the_list_is_by_name_with_those_in_use_first_and_the_items_of_each(welders: Company, at: Callable[..., object]) -> None:
    at("company", welders, State.READY)
    shown = listing()
    assert [row.name for row in shown.companies] == ["atlas Crane Hire", "Harbor Welding", "Zenith Surveying"]
    assert {key[0]: item.state for key, item in shown.items.items()} == {welders.id: State.READY}


@pytest.mark.parametrize(("words", "found"), [
    ("weld", 1), ("OKAFOR", 1), ("bayview", 1), ("12-34", 1), ("555", 1), ("@harbor", 1), ("%", 0), ("_", 0), ("zzz", 0), (" ", 3),
])  # fmt: skip
def test_the_filter_looks_at_names_towns_phones_and_tax_ids(welders: Company, words: str, found: int) -> None:
    assert listing(words).found == found


def test_the_list_has_pages(monkeypatch: pytest.MonkeyPatch, welders: Company) -> None:
    monkeypatch.setattr("erp.documents.company_list.A_PAGE", 2)
    assert [[row.name for row in listing("", page).companies] for page in (1, 2, 99, -1)] == [
        ["atlas Crane Hire", "Harbor Welding"],
        ["Zenith Surveying"],
        ["Zenith Surveying"],
        ["atlas Crane Hire", "Harbor Welding"],
    ]
