"""Service items and their accounts."""

from __future__ import annotations

import pytest

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from tests.unit.simulator.talk import Clock, Talk, code, texts


def two_sided(name: str, income: str = "Construction Income", expense: str = "Subcontracts", before: str = "") -> str:
    return (
        f"<Name>{name}</Name>{before}<SalesAndPurchase><SalesDesc>d</SalesDesc>"
        f"<IncomeAccountRef><FullName>{income}</FullName></IncomeAccountRef>"
        f"<ExpenseAccountRef><FullName>{expense}</FullName></ExpenseAccountRef></SalesAndPurchase>"
    )


def one_sided(name: str, account: str = "Construction Income") -> str:
    reference = f"<AccountRef><FullName>{account}</FullName></AccountRef>"
    return f"<Name>{name}</Name><SalesOrPurchase><Desc>d</Desc><Price>1.5</Price>{reference}</SalesOrPurchase>"


def test_two_sided_items_return_both_accounts_and_zero_prices(ask: Talk) -> None:
    side = ask.item(two_sided("26")).find(".//SalesAndPurchase")
    assert [child.tag for child in side] == [
        "SalesDesc", "SalesPrice", "IncomeAccountRef", "PurchaseCost", "ExpenseAccountRef",
    ]  # fmt: skip
    assert texts(side, "FullName") == ["Construction Income", "Subcontracts"]


def test_one_sided_items_have_one_account(ask: Talk) -> None:
    assert texts(ask.item(one_sided("Consulting")).find(".//SalesOrPurchase"), "Price") == ["1.5"]


def test_names_are_unique_under_the_parent_and_have_31_characters(ask: Talk) -> None:
    parent = "<ParentRef><FullName>03</FullName></ParentRef>"
    assert code(ask.item(one_sided("03"))) == 3100
    assert code(ask.item(two_sided("03-300", before=parent))) == 3100
    assert code(ask.item(two_sided("03-300"))) == 0
    assert code(ask.item(one_sided("x" * 32))) == 3070
    assert code(ask.item(one_sided("a:b"))) == 3090


def test_an_item_needs_a_parent_that_is_there(ask: Talk) -> None:
    assert code(ask.item(two_sided("x", before="<ParentRef><FullName>99</FullName></ParentRef>"))) == 3130


@pytest.mark.parametrize(
    ("income", "expense", "status"),
    [
        ("Construction Income", "Subcontracts", 0),
        ("Retainage Receivable", "Retainage Payable", 0),
        ("Nowhere", "Subcontracts", 3140),
        ("Construction Income", "Nowhere", 3140),
        ("Subcontracts", "Subcontracts", 3140),
        ("Construction Income", "Construction Income", 3140),
        ("Accounts Payable", "Subcontracts", 3140),
        ("Construction Income", "Accounts Payable", 3140),
    ],
)
def test_each_side_wants_a_fitting_account(company: Company, ask: Talk, income: str, expense: str, status: int) -> None:
    bookkeeper.add_account(company, "Retainage Receivable", "OtherCurrentAsset")
    bookkeeper.add_account(company, "Retainage Payable", "OtherCurrentLiability")
    assert code(ask.item(two_sided("x", income, expense))) == status


def test_inactive_accounts_are_refused(company: Company, ask: Talk) -> None:
    bookkeeper.deactivate(company, "account", "Subcontracts")
    assert code(ask.item(two_sided("x"))) == 3140


def test_an_item_without_account_is_refused(ask: Talk) -> None:
    assert code(ask.item("<Name>x</Name><SalesOrPurchase><Desc>d</Desc></SalesOrPurchase>")) == 3270


def item_mod(ask: Talk, name: str, inner: str) -> int:
    found = ask(f"<ItemQueryRq><FullName>{name}</FullName></ItemQueryRq>")
    head = f"<ListID>{texts(found, 'ListID')[0]}</ListID><EditSequence>{texts(found, 'EditSequence')[0]}</EditSequence>"
    return ask.code(f"<ItemServiceModRq><ItemServiceMod>{head}{inner}</ItemServiceMod></ItemServiceModRq>")


def test_items_can_be_renamed_and_described(company: Company, ask: Talk, clock: Clock) -> None:
    clock.tick()
    inner = "<Name>03-310</Name><SalesAndPurchaseMod><SalesDesc>Walls</SalesDesc></SalesAndPurchaseMod>"
    assert item_mod(ask, "03:03-300", inner) == 0
    (found,) = [row for row in views.items(company) if row["full_name"] == "03:03-310"]
    assert (found["description"], found["expense_account"]) == ("Walls", "Subcontracts")


def test_a_one_sided_item_stays_one_sided(ask: Talk) -> None:
    ask.item(one_sided("Consulting"))
    assert item_mod(ask, "Consulting", "<SalesAndPurchaseMod><SalesDesc>x</SalesDesc></SalesAndPurchaseMod>") == 3210
    assert item_mod(ask, "Consulting", "<SalesOrPurchaseMod><Price>2.00</Price></SalesOrPurchaseMod>") == 0
