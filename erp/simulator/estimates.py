"""Estimates: adding, changing and querying them."""

from __future__ import annotations

from collections.abc import Callable

from erp.simulator.books import Books, Line, Transaction
from erp.simulator.calls import Answer, Call
from erp.simulator.estimate_lines import lines_added, lines_modified, totals
from erp.simulator.list_kind import refuse_fields
from erp.simulator.list_queries import extension_fields
from erp.simulator.lists import merged
from erp.simulator.names import blocks
from erp.simulator.preferences import require, require_for_field, require_open_period
from erp.simulator.reading import Fields
from erp.simulator.references import bind, shown
from erp.simulator.refusals import BadReference, NotFound, Stale
from erp.simulator.selecting import family, in_range, listed, matches, paged, within
from erp.simulator.text import key, local_date, wall_clock
from erp.simulator.values import truth


def add(call: Call) -> Answer:
    """Add an estimate with its lines."""
    books, fields = call.books, dict(call.fields["EstimateAdd"])
    require(books, "estimates")
    refuse_fields(fields, "EstimateLineGroupAdd")
    date = fields.pop("TxnDate", "") or local_date(books.now, books.zone)
    require_open_period(books, date)
    lines = fields.pop("EstimateLineAdd")
    head = {tag: value for tag, value in bind(books, fields, "Estimate").items() if value not in ("", {})}
    if "CustomerRef" not in head:
        raise BadReference("Customer", "", "Estimate")
    ref = head.pop("RefNumber", "") or next_ref(books)
    made = lines_added(books, lines)
    txn = books.add_transaction("Estimate", date, ref, head["CustomerRef"]["ListID"], head, made)
    return Answer([show(books, txn, with_lines=True)])


def next_ref(books: Books) -> str:
    """One more than the highest number in use."""
    numbers = [int(t.ref) for t in books.transactions("Estimate") if t.ref.isdecimal()]
    return str(max(numbers, default=0) + 1)


def modify(call: Call) -> Answer:
    """Change an estimate; if lines are sent, they are the whole new list."""
    books, fields = call.books, dict(call.fields["EstimateMod"])
    require(books, "estimates")
    refuse_fields(fields, "EstimateLineGroupMod")
    txn = current(books, fields.pop("TxnID"), fields.pop("EditSequence"))
    require_open_period(books, txn.date)
    if truth(fields.pop("CreateChangeOrder", "")):
        refuse_fields({"change order text": ""}, "change order text")
    lines = fields.pop("EstimateLineMod", None)
    change_head(books, txn, bind(books, fields, "Estimate"))
    if lines is not None:
        txn.lines = [Line(i or books.new_txn_id(), line) for i, line in lines_modified(books, txn, lines)]
    books.save_transaction(txn)
    return Answer([show(books, txn, with_lines=True)])


def current(books: Books, identity: str, sequence: str) -> Transaction:
    """The estimate to be changed, if the sender has seen its latest version."""
    txn = books.transaction(identity)
    if txn is None or txn.kind != "Estimate":
        raise NotFound(identity)
    if txn.edit != sequence:
        raise Stale(sequence)
    return txn


def change_head(books: Books, txn: Transaction, fields: Fields) -> None:
    """Lay new head fields over the old ones."""
    date = fields.pop("TxnDate", "") or txn.date
    require_open_period(books, date)
    txn.date, txn.ref = date, fields.pop("RefNumber", txn.ref)
    if not fields.get("CustomerRef", True):
        del fields["CustomerRef"]
    txn.fields = merged(txn.fields, fields)
    txn.subject = txn.fields["CustomerRef"]["ListID"]


def query(call: Call) -> Answer:
    """The estimates that were asked for; lines come only with IncludeLineItems."""
    books, fields = call.books, call.fields
    require(books, "estimates")
    with_lines = truth(fields.get("IncludeLineItems", ""))

    def shown_estimate(txn: Transaction) -> tuple[str, Fields]:
        tag, found = show(books, txn, with_lines)
        return tag, found | extension_fields(books, fields.get("OwnerID", []), txn.id)

    if "TxnID" in fields:
        return listed(fields["TxnID"], lambda i: _estimate(books, i), shown_estimate, by_id=True)
    for tag, same in (("RefNumber", key), ("RefNumberCaseSensitive", str)):
        if tag in fields:
            return listed(fields[tag], lambda n: _numbered(books, n, same), shown_estimate, by_id=False)  # noqa: B023  # it returns here
    accept = estimate_filter(call)
    return paged(call, lambda: [t.id for t in books.transactions("Estimate") if accept(t)], books.transaction, shown_estimate)


def _estimate(books: Books, identity: str) -> list[Transaction]:
    txn = books.transaction(identity)
    return [txn] if txn and txn.kind == "Estimate" else []


def _numbered(books: Books, ref: str, same: Callable[[str], str]) -> list[Transaction]:
    return [t for t in books.transactions("Estimate") if same(t.ref) == same(ref)]


def estimate_filter(call: Call) -> Callable[[Transaction], bool]:
    """The filter an estimate query asks for."""
    books, fields = call.books, call.fields
    for tag in fields:
        require_for_field(books, tag)
    refuse_fields(fields, "AccountFilter")
    dates = fields.get("TxnDateRangeFilter", {})
    refuse_fields(dates, "DateMacro")
    entities = family(books, fields.get("EntityFilter", {}), "Entity")
    return lambda txn: (
        within(call, txn.modified, fields.get("ModifiedDateRangeFilter", {}))
        and (dates.get("FromTxnDate") or "") <= txn.date <= (dates.get("ToTxnDate") or "9999")
        and ("EntityFilter" not in fields or txn.subject in entities)
        and matches(txn.ref, fields, "RefNumberFilter")
        and in_range(txn.ref, fields, "RefNumberRangeFilter")
    )


def show(books: Books, txn: Transaction, with_lines: bool) -> tuple[str, Fields]:
    """An estimate as it is returned."""
    fields = {
        "TxnID": txn.id,
        "TimeCreated": wall_clock(txn.created, books.zone),
        "TimeModified": wall_clock(txn.modified, books.zone),
        "EditSequence": txn.edit,
        "TxnNumber": str(txn.number),
        "TxnDate": txn.date,
        "RefNumber": txn.ref,
        "IsActive": txn.fields.get("IsActive", "true"),
        "IsToBeEmailed": txn.fields.get("IsToBeEmailed", "false"),
    }
    fields = {**shown(books, txn.fields), **blocks(txn.fields, "BillAddress", "ShipAddress"), **fields, **totals(books, txn)}
    if with_lines:
        fields["EstimateLineRet"] = [{"TxnLineID": line.id, **shown(books, line.fields)} for line in txn.lines]
    return "EstimateRet", fields
