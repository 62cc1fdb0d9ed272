"""Estimates, changed by hand."""

from __future__ import annotations

from erp.simulator import estimates
from erp.simulator.bookkeeper.doing import do, do_to_estimate, entered, estimate_of
from erp.simulator.books import Books, Line, Transaction
from erp.simulator.company import Company
from erp.simulator.estimate_lines import lines_added
from erp.simulator.refusals import Refusal
from erp.simulator.text import narrow


def edit_estimate(company: Company, estimate: str, memo: str | None = None, **fields: str) -> None:
    """Change the memo or other head fields (TxnDate, RefNumber, PONumber, Other) of an estimate."""
    changed = {tag: narrow(value) for tag, value in fields.items()} | ({} if memo is None else {"Memo": narrow(memo)})
    do_to_estimate(company, estimate, lambda books, txn: estimates.change_head(books, txn, changed))


def add_estimate_line(company: Company, estimate: str, item: str, value: str, description: str = "") -> None:
    """Add a line of the bookkeeper's own to an estimate."""

    def deed(books: Books, txn: Transaction) -> None:
        given = {"ItemRef": {"FullName": item}, "Desc": narrow(description), "Amount": entered(value)}
        txn.lines += [Line(books.new_txn_id(), line) for line in lines_added(books, [given])]

    do_to_estimate(company, estimate, deed)


def edit_estimate_line(company: Company, estimate: str, line: int, value: str) -> None:
    """Give a line of an estimate, counted from 1, another amount."""

    def deed(books: Books, txn: Transaction) -> None:
        _line(txn, line).fields |= {"Amount": entered(value)}

    do_to_estimate(company, estimate, deed)


def delete_estimate_line(company: Company, estimate: str, line: int) -> None:
    """Delete a line of an estimate, counted from 1."""
    do_to_estimate(company, estimate, lambda books, txn: txn.lines.remove(_line(txn, line)))


def _line(txn: Transaction, number: int) -> Line:
    if not 1 <= number <= len(txn.lines):
        raise Refusal(f"Estimate {txn.ref} has no line {number}.")
    return txn.lines[number - 1]


def deactivate_estimate(company: Company, estimate: str) -> None:
    """Make an estimate inactive."""
    do_to_estimate(company, estimate, lambda books, txn: txn.fields.update(IsActive="false"))


def delete_estimate(company: Company, estimate: str) -> None:
    """Delete an estimate."""
    do(company, lambda books: books.remove_transaction(estimate_of(books, estimate)))


def duplicate_estimate(company: Company, estimate: str) -> str:
    """Make a copy of an estimate as QuickBooks does: next number, no ExternalGUID; returns its TxnID."""

    def deed(books: Books) -> str:
        txn = estimate_of(books, estimate)
        head = {tag: value for tag, value in txn.fields.items() if tag != "ExternalGUID"}
        copy = [dict(line.fields) for line in txn.lines]
        return books.add_transaction("Estimate", txn.date, estimates.next_ref(books), txn.subject, head, copy).id

    return do(company, deed)
