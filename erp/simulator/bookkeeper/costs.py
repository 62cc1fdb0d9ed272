"""Costs of jobs."""

from __future__ import annotations

from erp.simulator.bookkeeper.doing import do, entered, named
from erp.simulator.books import Books
from erp.simulator.company import Company
from erp.simulator.reading import Fields
from erp.simulator.text import local_date, narrow


def post_cost(
    company: Company, job: str, item: str, value: str, vendor: str = "", date: str = "", number: str = "", memo: str = ""
) -> str:
    """Enter a bill for a job, so that job reports have actual costs; an empty item is a cost without one; returns its TxnID."""

    def deed(books: Books) -> str:
        head: Fields = {"VendorRef": {"ListID": named(books, "vendor", vendor).id}} if vendor else {}
        line = {
            **({"ItemRef": {"ListID": named(books, "item", item).id}} if item else {}),
            "CustomerRef": {"ListID": named(books, "job", job).id},
            "Amount": entered(value),
            "Desc": narrow(memo),
        }
        day = date or local_date(books.now, books.zone)
        return books.add_transaction("Bill", day, number, head.get("VendorRef", {}).get("ListID", ""), head, [line]).id

    return do(company, deed)
