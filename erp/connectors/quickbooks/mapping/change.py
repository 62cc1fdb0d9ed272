"""How what is in QuickBooks already is changed; here the Estimate, by further lines: everything else on it stays as it is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.connector import Work
from erp.connectors.quickbooks.mapping import budget
from erp.connectors.quickbooks.mapping.mapping import Query, is_ours
from erp.connectors.quickbooks.qbxml import Tree, amount, minor, value
from erp.connectors.quickbooks.text import Kept

MEMO = 4095
"""So many characters fit into a memo of QuickBooks."""
LINES = {"EstimateLineRet": "EstimateLineMod", "EstimateLineGroupRet": "EstimateLineGroupMod"}


@dataclass(frozen=True)
class Change:
    """How one kind is changed: its message, the question that reads it, the write, what it must know of what is there (its
    `words` at least), what somebody changed of what we had sent, what people see of it before, and whether it arrived.
    """

    message: str
    read: Callable[[Work], Query]
    write: Callable[[Work], Tree]
    echo: Callable[[Work, Any], dict[str, Any]]
    changed: Callable[[Work, Any], list[str]]
    preview: Callable[[Work], dict[str, Any]]
    arrived: Callable[[Work, Any], bool]


def read_estimate(work: Work) -> Query:
    """Our Estimate, by its id, with its lines."""
    return Query("EstimateQueryRq", [("TxnID", work.refs.get("erp_id", "")), ("IncludeLineItems", "true")])


def echo(work: Work, found: Any) -> dict[str, Any]:
    """The memo, and every line that is there, to be named again: what a Mod does not name is deleted."""
    lines = [[LINES[str(child.tag)], value(child, "TxnLineID")] for child in found if str(child.tag) in LINES]
    return {"words": value(found, "Memo"), "lines": lines}


def marked(work: Work, found: Any) -> bool:
    """Whether this change is there: its marker in the memo, or on a line, which a memo written anew leaves as it is."""
    return is_ours(work, found) or any(str(mark.text or "").strip() == work.marker for mark in found.iter("Other2"))


def add_lines(work: Work) -> Tree:
    """The Estimate with all its lines named, the new ones behind them, and our marker behind the memo that is there."""
    kept: Tree = [(tag, [("TxnLineID", key)]) for tag, key in work.memo["lines"]]
    fresh: Tree = [("EstimateLineMod", [("TxnLineID", "-1"), *budget.line(work, row)]) for row in budget.sent_lines(work)]
    head: Tree = [("TxnID", work.refs["erp_id"]), ("EditSequence", work.memo["sequence"]), ("Memo", memo(work))]
    return [("EstimateMod", [*head, *kept, *fresh])]


def memo(work: Work) -> str:
    """The memo or the notes that are there with our marker behind them; full ones stay as they are."""
    words = str(work.memo["words"])
    marked = f"{words} {work.marker}".strip()
    return Kept(marked if len(marked) <= MEMO else words)


def changed(work: Work, found: Any) -> list[str]:
    """What a bookkeeper changed of the lines we had sent before, a sentence per cost code."""
    sentences = []
    for marker, payload in work.before:
        sent, there = _sent(work, payload), _there(marker, found)
        for item in sorted(set(sent) | set(there)):
            if sent[item] != there[item]:
                name = _name(work, payload, item)
                sentences.append(f"{name}: {amount(sent[item])} was sent, {amount(there[item])} is there now.")
    return sentences


def _sent(work: Work, payload: dict[str, Any]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in payload["lines"]:
        sums[work.refs.get("codes", {}).get(str(line["code_id"]), "")] += line["send"]
    return sums


def _there(marker: str, found: Any) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in found.iter("EstimateLineRet"):
        if value(line, "Other2") == marker:
            sums[value(line, "ItemRef/ListID")] += minor(value(line, "Amount") or "0")
    return sums


def _name(work: Work, payload: dict[str, Any], item: str) -> str:
    codes = work.refs.get("codes", {})
    known = {codes.get(str(line["code_id"])): line["code"] for line in payload["lines"]}
    return str(known.get(item) or "A cost code that was not sent")


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive: further lines; what is on the Estimate stays."""
    lines, name = budget.shown_lines(work), work.refs.get("name") or "the Estimate"
    rows = [("Estimate", name, name), ("Memo", work.marker, f"what is there, and {work.marker}")]
    words = "One further line" if len(lines) == 1 else f"{len(lines):,} further lines"
    return {"title": f"{words} on an Estimate that is there; nothing on it is overwritten", "rows": rows, "lines": lines}


BUDGET = Change("EstimateModRq", read_estimate, add_lines, echo, changed, preview, marked)
