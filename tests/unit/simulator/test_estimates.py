"""Estimates: adding, computing, changing, asking."""

from __future__ import annotations

from typing import Any

import pytest

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from tests.unit.simulator.talk import Clock, Talk, code, line, texts

GUID = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"


def of(answer: Any, tag: str) -> str:
    found = texts(answer, tag)
    return found[0] if found else ""


def mod(ask: Talk, answer: Any, inner: str) -> Any:
    head = f"<TxnID>{of(answer, 'TxnID')}</TxnID><EditSequence>{of(answer, 'EditSequence')}</EditSequence>"
    return ask(f"<EstimateModRq><EstimateMod>{head}{inner}</EstimateMod></EstimateModRq>")


def echo(identity: str, inner: str = "") -> str:
    return f"<EstimateLineMod><TxnLineID>{identity}</TxnLineID>{inner}</EstimateLineMod>"


def test_an_estimate_comes_back_with_its_lines_and_total(ask: Talk) -> None:
    answer = ask.estimate(
        line("<Amount>100.00</Amount><Other2>marker</Other2>") + line("<Amount>-30.50</Amount>"),
        f"<RefNumber>B-1</RefNumber><Memo>first</Memo><ExternalGUID>{GUID}</ExternalGUID>",
    )
    assert code(answer) == 0
    assert (of(answer, "Subtotal"), of(answer, "TotalAmount")) == ("69.50", "69.50")
    assert (of(answer, "RefNumber"), of(answer, "Memo"), of(answer, "ExternalGUID")) == ("B-1", "first", GUID)
    assert texts(answer, "Other2") == ["marker"]
    assert of(answer, "TxnDate") == "2026-11-23"


@pytest.mark.parametrize(
    ("inner", "amount", "rate"),
    [
        ("<Quantity>3</Quantity><Rate>33.335</Rate>", "100.01", "33.335"),
        ("<Rate>12.50</Rate>", "12.50", "12.50"),
        ("<Quantity>2</Quantity><Rate>0.00249</Rate>", "0.00", "0.00249"),
        ("<Quantity>3</Quantity><Amount>100.00</Amount>", "100.00", "33.33333"),
        ("<Quantity>1</Quantity><Rate>5.00</Rate><Amount>7.00</Amount>", "7.00", "7.00"),
        ("<Amount>7.00</Amount>", "7.00", ""),
        ("<Quantity>2</Quantity><Rate>50.00</Rate><MarkupRatePercent>10.0</MarkupRatePercent>", "110.00", "50.00"),
        ("", "0.00", "0.00"),
    ],
)
def test_an_absent_amount_is_quantity_times_rate(ask: Talk, inner: str, amount: str, rate: str) -> None:
    answer = ask.estimate(line(inner))
    assert (of(answer, "Amount"), of(answer, "Rate")) == (amount, rate)


def test_a_line_takes_its_description_from_the_item(ask: Talk) -> None:
    assert texts(ask.estimate(line("<Amount>1.00</Amount>")), "Desc") == ["Cast-in-place"]


def test_a_line_without_item_is_only_text(ask: Talk) -> None:
    text = "<EstimateLineAdd><Desc>Only words</Desc>{}</EstimateLineAdd>"
    assert code(ask.estimate(text.format(""))) == 0
    assert code(ask.estimate(text.format("<Amount>1.00</Amount>"))) == 3210


def test_unknown_and_inactive_items_and_customers_are_refused(company: Company, ask: Talk) -> None:
    assert code(ask.estimate(line("<Amount>1.00</Amount>", "99"))) == 3140
    assert code(ask.estimate(line("<Amount>1.00</Amount>", "Delgado Electric"))) == 3140
    unknown = "<CustomerRef><FullName>Nobody</FullName></CustomerRef>" + line("<Amount>1.00</Amount>")
    assert ask.code(f"<EstimateAddRq><EstimateAdd>{unknown}</EstimateAdd></EstimateAddRq>") == 3140
    bookkeeper.deactivate(company, "item", "03:03-300")
    assert code(ask.estimate(line("<Amount>1.00</Amount>"))) == 3140
    bookkeeper.deactivate(company, "job", "City of Bayview:Library")
    assert code(ask.estimate(line("<Amount>1.00</Amount>", "03"))) == 3140
    assert views.estimates(company) == []


def test_without_the_preference_there_are_no_estimates(company: Company, ask: Talk) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>"))
    bookkeeper.prefer(company, "estimates", False)
    assert code(ask.estimate(line("<Amount>1.00</Amount>"))) == 3250
    assert code(mod(ask, answer, "<Memo>x</Memo>")) == 3250
    assert ask.code("<EstimateQueryRq/>") == 3250
    bookkeeper.prefer(company, "estimates", True)
    assert ask.code("<EstimateQueryRq/>") == 0


def test_a_closed_period_takes_no_estimates(company: Company, ask: Talk) -> None:
    bookkeeper.prefer(company, "closing_date", "2026-09-30")
    assert code(ask.estimate(line("<Amount>1.00</Amount>"), "<TxnDate>2026-09-30</TxnDate>")) == 3171
    answer = ask.estimate(line("<Amount>1.00</Amount>"), "<TxnDate>2026-10-01</TxnDate>")
    assert code(answer) == 0
    assert code(mod(ask, answer, "<TxnDate>2026-09-01</TxnDate>")) == 3171
    bookkeeper.prefer(company, "closing_date", "2026-10-31")
    assert code(mod(ask, answer, "<Memo>x</Memo>")) == 3171
    assert ask.code(f"<TxnDelRq><TxnDelType>Estimate</TxnDelType><TxnID>{of(answer, 'TxnID')}</TxnID></TxnDelRq>") == 3171


def test_sales_tax_adds_to_the_total_of_taxable_lines(company: Company, ask: Talk) -> None:
    taxed = "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"
    free = "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"
    lines = line(f"<Amount>100.00</Amount>{taxed}") + line(f"<Amount>50.00</Amount>{free}")
    assert code(ask.estimate(lines)) == 3250
    bookkeeper.prefer(company, "sales_tax", True)
    answer = ask.estimate(lines)
    assert [of(answer, tag) for tag in ("Subtotal", "SalesTaxPercentage", "SalesTaxTotal", "TotalAmount")] == [
        "150.00", "8.25", "8.25", "158.25",
    ]  # fmt: skip


def test_missing_numbers_are_given_by_quickbooks(ask: Talk) -> None:
    ask.estimate(line("<Amount>1.00</Amount>"), "<RefNumber>107</RefNumber>")
    assert of(ask.estimate(line("<Amount>1.00</Amount>")), "RefNumber") == "108"
    assert code(ask.estimate(line("<Amount>1.00</Amount>"), "<RefNumber>107</RefNumber>")) == 0


@pytest.mark.parametrize("inner", ["<RatePercent>10.0</RatePercent>", "<UnitOfMeasure>ea</UnitOfMeasure>"])
def test_what_the_simulation_does_not_keep_is_refused_honestly(ask: Talk, inner: str) -> None:
    assert code(ask.estimate(line(inner))) == 1030


def test_a_change_without_lines_leaves_the_lines_alone(ask: Talk, clock: Clock) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>") + line("<Amount>2.00</Amount>"))
    clock.tick()
    changed = mod(ask, answer, "<Memo>new</Memo>")
    assert (of(changed, "Memo"), texts(changed, "Amount")) == ("new", ["1.00", "2.00"])
    assert of(changed, "EditSequence") == str(int(clock.now))


def test_listed_lines_are_kept_new_ones_added_and_the_rest_vanish(ask: Talk) -> None:
    answer = ask.estimate("".join(line(f"<Amount>{n}.00</Amount><Other2>m{n}</Other2>") for n in (1, 2, 3)))
    first, _, third = texts(answer, "TxnLineID")
    new = echo("-1", "<ItemRef><FullName>03</FullName></ItemRef><Amount>9.00</Amount>")
    changed = mod(ask, answer, echo(third, "<Amount>5.00</Amount>") + new + echo(first))
    assert texts(changed, "Amount") == ["5.00", "9.00", "1.00"]
    assert texts(changed, "Other2") == ["m3", "m1"]
    assert [i in texts(answer, "TxnLineID") for i in texts(changed, "TxnLineID")] == [True, False, True]
    assert of(changed, "TotalAmount") == "15.00"


def test_echoing_a_line_changes_nothing_of_it(ask: Talk) -> None:
    answer = ask.estimate(line("<Quantity>3</Quantity><Rate>33.335</Rate>"))
    changed = mod(ask, answer, echo(of(answer, "TxnLineID")))
    assert (of(changed, "Rate"), of(changed, "Amount")) == ("33.335", "100.01")


def test_a_new_rate_computes_the_amount_again(ask: Talk) -> None:
    answer = ask.estimate(line("<Quantity>3</Quantity><Rate>10.00</Rate>"))
    changed = mod(ask, answer, echo(of(answer, "TxnLineID"), "<Rate>20.00</Rate>"))
    assert (of(changed, "Quantity"), of(changed, "Amount")) == ("3", "60.00")


def test_an_unknown_line_or_estimate_cannot_be_changed(ask: Talk) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>"))
    assert code(mod(ask, answer, echo("77-77"))) == 3120
    assert (
        ask.code("<EstimateModRq><EstimateMod><TxnID>1-1</TxnID><EditSequence>1</EditSequence></EstimateMod></EstimateModRq>")
        == 3120
    )


def test_a_stale_estimate_is_refused_and_untouched(company: Company, ask: Talk, clock: Clock) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>"))
    clock.tick()
    bookkeeper.edit_estimate(company, of(answer, "TxnID"), memo="by hand")
    assert code(mod(ask, answer, "<Memo>ours</Memo>")) == 3200
    assert views.estimates(company)[0]["memo"] == "by hand"


def test_quickbooks_own_change_orders_are_refused_honestly(ask: Talk) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>"))
    assert code(mod(ask, answer, "<CreateChangeOrder>true</CreateChangeOrder>")) == 1030
    assert code(mod(ask, answer, "<CreateChangeOrder>false</CreateChangeOrder>")) == 0


def test_lines_come_only_when_asked_for(ask: Talk) -> None:
    ask.estimate(line("<Amount>1.00</Amount>"))
    assert texts(ask("<EstimateQueryRq/>"), "EstimateLineRet") == []
    assert len(texts(ask("<EstimateQueryRq><IncludeLineItems>true</IncludeLineItems></EstimateQueryRq>"), "Amount")) == 1


@pytest.fixture
def three(company: Company, ask: Talk, clock: Clock) -> list[str]:
    """Estimates 100, B-7 and 101: the last one a day later and for the customer itself."""
    ids = [of(ask.estimate(line("<Amount>1.00</Amount>"), f"<RefNumber>{n}</RefNumber>"), "TxnID") for n in ("100", "B-7")]
    clock.tick(86400)
    customer = "<CustomerRef><FullName>City of Bayview</FullName></CustomerRef><RefNumber>101</RefNumber>"
    last = ask(f"<EstimateAddRq><EstimateAdd>{customer}{line('<Amount>1.00</Amount>')}</EstimateAdd></EstimateAddRq>")
    return [*ids, of(last, "TxnID")]


def job_id(company: Company, name: str) -> str:
    return str(next(row["id"] for row in views.customers(company) if row["full_name"] == name))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", ["100", "B-7", "101"]),
        ("<MaxReturned>2</MaxReturned>", ["100", "B-7"]),
        ("<RefNumber>b-7</RefNumber>", ["B-7"]),
        ("<RefNumberCaseSensitive>B-7</RefNumberCaseSensitive>", ["B-7"]),
        ("<TxnDateRangeFilter><FromTxnDate>2026-11-24</FromTxnDate></TxnDateRangeFilter>", ["101"]),
        ("<TxnDateRangeFilter><ToTxnDate>2026-11-23</ToTxnDate></TxnDateRangeFilter>", ["100", "B-7"]),
        ("<EntityFilter><FullName>City of Bayview</FullName></EntityFilter>", ["101"]),
        ("<EntityFilter><FullNameWithChildren>City of Bayview</FullNameWithChildren></EntityFilter>", ["100", "B-7", "101"]),
        ("<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>10</RefNumber></RefNumberFilter>",
         ["100", "101"]),
        ("<RefNumberFilter><MatchCriterion>EndsWith</MatchCriterion><RefNumber>7</RefNumber></RefNumberFilter>", ["B-7"]),
        ("<RefNumberRangeFilter><FromRefNumber>101</FromRefNumber></RefNumberRangeFilter>", ["B-7", "101"]),
        ("<ModifiedDateRangeFilter><FromModifiedDate>2026-11-24T12:00:00</FromModifiedDate></ModifiedDateRangeFilter>",
         ["101"]),
        ("<ModifiedDateRangeFilter><FromModifiedDate>2026-11-24T12:00:01</FromModifiedDate></ModifiedDateRangeFilter>", []),
        ("<ModifiedDateRangeFilter><ToModifiedDate>2026-11-23</ToModifiedDate></ModifiedDateRangeFilter>", ["100", "B-7"]),
    ],
)  # fmt: skip
def test_queries_find_what_their_filters_say(ask: Talk, three: list[str], filters: str, found: list[str]) -> None:
    answer = ask(f"<EstimateQueryRq>{filters}</EstimateQueryRq>")
    assert texts(answer, "RefNumber") == found
    assert code(answer) == (0 if found else 1)


def test_a_query_by_job_takes_its_id(company: Company, ask: Talk, three: list[str]) -> None:
    filters = f"<EntityFilter><ListID>{job_id(company, 'City of Bayview:Library')}</ListID></EntityFilter>"
    assert texts(ask(f"<EstimateQueryRq>{filters}</EstimateQueryRq>"), "RefNumber") == ["100", "B-7"]
    parent = f"<EntityFilter><ListIDWithChildren>{job_id(company, 'City of Bayview')}</ListIDWithChildren></EntityFilter>"
    assert len(texts(ask(f"<EstimateQueryRq>{parent}</EstimateQueryRq>"), "RefNumber")) == 3
    assert ask.code("<EstimateQueryRq><EntityFilter><ListID>1-1</ListID></EntityFilter></EstimateQueryRq>") == 3140


def test_estimates_asked_for_one_by_one_are_found_missing_or_both(ask: Talk, three: list[str]) -> None:
    def asked(*ids: str) -> Any:
        return ask(f"<EstimateQueryRq>{''.join(f'<TxnID>{i}</TxnID>' for i in ids)}</EstimateQueryRq>")

    assert texts(asked(three[1], three[0]), "RefNumber") == ["B-7", "100"]
    assert code(asked("9-9")) == 3120
    partly = asked(three[0], "9-9")
    assert (code(partly), partly.get("statusSeverity"), texts(partly, "RefNumber")) == (500, "Warn", ["100"])
    assert ask.code("<EstimateQueryRq><RefNumber>nope</RefNumber></EstimateQueryRq>") == 500


def test_only_the_wanted_elements_are_returned(ask: Talk, three: list[str]) -> None:
    wanted = "<IncludeRetElement>TxnID</IncludeRetElement><IncludeRetElement>TotalAmount</IncludeRetElement>"
    answer = ask(f"<EstimateQueryRq><TxnID>{three[0]}</TxnID>{wanted}</EstimateQueryRq>")
    assert [child.tag for child in answer[0]] == ["TxnID", "TotalAmount"]


def test_many_lines_are_no_problem(ask: Talk) -> None:
    answer = ask.estimate("".join(line(f"<Amount>{n}.01</Amount>") for n in range(1000)))
    assert of(answer, "TotalAmount") == "499510.00"
