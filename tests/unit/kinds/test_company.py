"""A company on its way: what holds at Send, what is said beforehand, what lists show, who may."""

import pytest

from erp import links
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.db import db, transaction
from erp.documents import company
from erp.items.perform import Refused, item_for
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.states import Filter
from tests.unit.stage import row

COMPANY = KINDS["company"]


def grey(stage, made, by="olga"):
    return [r.text for r in why_not("send", item_for("company", stage.connection, made), getattr(stage.people, by))]


def said(stage, made):
    return COMPANY.warns(item_for("company", stage.connection, made), made)


def test_the_words_of_the_tab_are_those_of_the_product():
    assert (COMPANY.tab, COMPANY.filter_title) == ("Companies", "Filters")
    assert [COMPANY.heading(f) for f in (Filter.EXPORT, Filter.IMPORT, Filter.ARCHIVED)] == [
        "Companies Only Here", "Companies Only in QuickBooks", "Archived Companies"]  # fmt: skip
    assert COMPANY.heading(Filter.SYNCED) == "Companies Synced"
    ranks = [kind.slug for kind in sorted(KINDS.values(), key=lambda kind: kind.rank)]
    assert ranks == ["cost_code", "job", "sub_job", "company", "budget"], "codes, job and its sub jobs, vendor, budget"


@pytest.mark.parametrize(("name", "words"), [
    ("olga", ""), ("pam", "You need Admin on Directory. The owner can change that."),
    ("ann", "You need Admin on Directory"), ("stan", "You need Admin on Directory"), ("adam", "You need Admin on Directory"),
])  # fmt: skip
def test_who_is_admin_on_directory_sends_companies(stage, name, words):
    found = grey(stage, stage.company(), name)
    assert bool(found) == bool(words)
    assert words in " ".join(found)


@pytest.mark.parametrize(("name", "may"), [("ann", True), ("bob", True), ("stan", False), ("adam", False), ("pam", False),
                                           ("olga", False)])  # fmt: skip
def test_who_holds_the_privilege_decides(stage, name, may):
    item = stage.send("company", stage.company())
    assert (why_not("accept", item, getattr(stage.people, name)) == []) == may
    assert (why_not("reject", item, getattr(stage.people, name)) == []) == may


def test_a_company_that_is_not_active_is_not_sent(stage):
    made = stage.company(active=False)
    assert grey(stage, made) == ["The company is not active."]
    company.edit(made, stage.people.pam, None, active=True)
    assert grey(stage, made) == []


@pytest.mark.parametrize(("field", "most", "label"), [
    ("title", 41, "Name"), ("legal_name", 41, "Company name"), ("first_name", 25, "First name"), ("last_name", 25, "Last name"),
    ("street", 41, "Street"), ("street2", 41, "Street, second line"), ("city", 31, "City"), ("region", 21, "State"),
    ("postal_code", 13, "ZIP"), ("phone", 21, "Phone"), ("fax", 21, "Fax"), ("tax_id", 15, "Tax ID"),
])  # fmt: skip
def test_a_field_that_is_too_long_for_quickbooks_is_refused_and_one_that_fits_is_not(stage, field, most, label):
    made = stage.company(**{field: "9" * (most + 1)} if field != "title" else {"name": "9" * (most + 1)})
    assert grey(stage, made) == [f"{label} “{'9' * min(most + 1, 60)}” has {most + 1} characters; QuickBooks takes {most}."]
    setattr(made, field, "9" * most)
    assert grey(stage, made) == []


@pytest.mark.parametrize(("name", "words"), [("A:B", "has a colon in it"), ("Łódź Steel", "which QuickBooks cannot keep")])
def test_a_name_that_quickbooks_cannot_keep_is_refused(stage, name, words):
    assert words in " ".join(grey(stage, stage.company(name)))


def test_a_vendor_of_the_same_name_or_tax_id_is_named_with_the_cure_and_forbids_nothing(stage):
    made = stage.company(tax_id="12-3456789")
    assert said(stage, made) == []
    stage.apply(row("vendor", "V1", "HARBOR WELDING", tax_id=""), row("vendor", "V2", "H. Welding Inc", tax_id="12-3456789"),
                row("vendor", "V3", "Somebody Else", tax_id=""), row("job", "J1", "City:Harbor Welding"))  # fmt: skip
    first, second = said(stage, made)
    assert "the vendor HARBOR WELDING has this name in accounting" in first
    assert "the vendor H. Welding Inc has this tax ID in accounting" in second
    assert first.endswith("An ERP administrator links them: ERP Integrations, Companies, Ready To Import, Link.")
    assert grey(stage, made) == []


def test_of_a_vendor_that_another_company_is_linked_to_the_cure_is_another_one(stage):
    other = stage.record("vendor", "V1", "Harbor Welding")
    with transaction():
        links.add(other, stage.people.adam)
    made = stage.company("Bay Welding", tax_id="12-3456789")
    stage.apply(row("vendor", "V1", "Harbor Welding", tax_id="12-3456789"))
    (sentence,) = said(stage, made)
    assert sentence.endswith("If they are two, change the tax ID of one of them.")
    assert "Link." not in sentence


def test_an_empty_tax_id_is_nobodys(stage):
    stage.apply(row("vendor", "V3", "Somebody Else", tax_id=""), row("vendor", "V4", "No data at all"))
    assert said(stage, stage.company()) == []


def test_a_customer_of_the_same_name_is_named_too(stage):
    (sentence,) = said(stage, stage.company("City of Bayview"))
    assert sentence.startswith("The customer City of Bayview has this name in accounting;")


def test_what_accounting_has_is_not_warned_of_itself(stage):
    made = stage.company()
    stage.synced(stage.send("company", made))
    stage.apply(row("vendor", "V1", "Harbor Welding"))
    assert said(stage, made) == []


def test_the_approver_is_told_above_export_of_those_that_are_accepted_and_of_no_others(stage):
    stage.apply(row("vendor", "V1", "Harbor Welding"), row("vendor", "V2", "Atlas"))
    stage.accepted("company", stage.company())
    stage.send("company", stage.company("Atlas"))
    accepted = db.select(company.Company.id)
    (sentence,) = COMPANY.cautions(accepted)
    assert "Harbor Welding has this name" in sentence


def test_lists_show_town_phone_and_tax_id(stage):
    made = stage.company(street="4 Forge Lane", city="Bayview", region="CA", postal_code="94111", phone="555-0301", tax_id="12")
    item = stage.send("company", made)
    assert item.summary == {"amount": 0, "city": "Bayview", "phone": "555-0301", "tax_id": "12"}
    assert {column.key for column in COMPANY.columns} <= set(item.summary)


def test_every_field_that_travels_has_a_word_and_a_place_in_quickbooks(stage):
    payload = COMPANY.snapshot(stage.company())
    assert set(COMPANY.labels) == set(payload)
    filled = dict.fromkeys(payload, "9")
    assert not list(QUICKBOOKS.check("company", filled, {}, {}))


def test_a_company_sent_twice_at_once_is_sent_once(stage):
    made = stage.company()
    stage.send("company", made)
    with pytest.raises(Refused, match="It was sent to ERP already"):
        stage.send("company", made)
