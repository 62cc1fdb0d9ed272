"""The company file behind QuickBooks' only door: qbXML in, qbXML out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from erp.simulator import sets
from erp.simulator.answering import answer
from erp.simulator.books import Books
from erp.simulator.calls import Answer, Call, Iterators
from erp.simulator.envelope import MessageSet, Request, understood
from erp.simulator.refusals import HResult, NotProcessed, Refusal
from erp.simulator.store import Store
from erp.simulator.writing import document, written


def windows_path(path: Path) -> str:
    """Where Windows would have this company file."""
    return f"C:\\QuickBooks\\{path.stem}.qbw"


class Company:
    """A simulated company file and the QuickBooks program that has it open."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.clock = clock
        self.home = Store(path, clock)
        self.iterators = Iterators()
        self._others: dict[str, Store] = {}

    @property
    def store(self) -> Store:
        """The file that is open now: this company's, or another one a bookkeeper opened."""
        with self.home.reading() as books:
            other = books.fact("open_file", "")
        return self._others.setdefault(other, Store(self.other_path(other), self.clock)) if other else self.home

    @property
    def file_name(self) -> str:
        """The path of the file that is open, as Windows would show it."""
        return windows_path(self.store.path)

    def other_path(self, name: str) -> Path:
        """Where another company file of this name lies."""
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return self.path.with_name(f"{self.path.stem}.{slug}{self.path.suffix}")

    def begin_session(self, file: str = "") -> None:
        """Open the file for an application, as BeginSession does; raises HResult."""
        self.iterators = Iterators()
        with self.home.reading() as books:
            state = {name: books.fact(name) for name in ("running", "dialog", "denied", "open_file")}
        if state["running"] is False and not file:
            raise HResult("0x80040416")
        if state["dialog"]:
            raise HResult("0x80040414")
        if state["denied"]:
            raise HResult(str(state["denied"]))
        if file and (state["open_file"] or file.lower() != windows_path(self.path).lower()):
            raise HResult("0x8004040A")

    def end_session(self) -> None:
        """Close the file for the application; its iterators die."""
        self.iterators = Iterators()

    def process(self, qbxml: str) -> str:
        """Answer one message set; raises HResult where QuickBooks would fail as a whole."""
        message_set = understood(qbxml)
        with self.store.transaction() as books:
            response, lost = self._processed(books, qbxml, message_set)
        if lost:
            raise HResult(lost)
        return response

    def _processed(self, books: Books, text: str, message_set: MessageSet) -> tuple[str, str]:
        new = message_set.attributes.get("newMessageSetID", "")
        old = message_set.attributes.get("oldMessageSetID", "")
        known = sets.recall(books, new, old, text, is_empty=not message_set.requests)
        if known.response is not None:
            return known.response, ""
        nodes = _answered(books, self.iterators, message_set) if known.process else []
        response = _response(nodes, new, old, known.status)
        unsaved = _loses_answer(books, message_set) if known.process else ""
        if new and known.process:
            sets.keep(books, new, text, None if unsaved else response)
        return response, unsaved


def _answered(books: Books, iterators: Iterators, message_set: MessageSet) -> list[etree._Element]:
    nodes, failed = [], False
    for request in message_set.requests:
        given = _refused(NotProcessed()) if failed and message_set.stops else _answer_one(books, iterators, request)
        failed = failed or given.code >= 1000
        only = request.fields.get("IncludeRetElement", [])
        nodes.append(written(request.name, request.attributes.get("requestID"), given, message_set.terse, only))
    return nodes


def _answer_one(books: Books, iterators: Iterators, request: Request) -> Answer:
    if request.refusal is not None:
        return _refused(request.refusal)
    books.connection.execute("SAVEPOINT request")
    try:
        given = answer(Call(request.name, request.fields, request.attributes, books, iterators))
    except Refusal as refusal:
        _undo(books)
        given = _refused(refusal)
    books.connection.execute("RELEASE request")
    return given


def _undo(books: Books) -> None:
    """Take back what a refused request wrote, but not what a lock has counted."""
    held = books.fact("lock")
    books.connection.execute("ROLLBACK TO request")
    books.set_fact("lock", held)


def _refused(refusal: Refusal) -> Answer:
    return Answer(code=refusal.code, message=refusal.message)


def _response(nodes: list[etree._Element], new: str, old: str, status: int) -> str:
    root = etree.Element("QBXML")
    messages = etree.SubElement(root, "QBXMLMsgsRs")
    if new:
        messages.set("newMessageSetID", new)
    if new or old:
        messages.set("messageSetStatusCode", str(status))
    messages.extend(nodes)
    return document(root)


def _loses_answer(books: Books, message_set: MessageSet) -> str:
    """The HRESULT of a crash after the work was done, if one was ordered for the next write."""
    crash: str = books.fact("crash_unsaved", "")
    if crash and any(request.is_write for request in message_set.requests):
        books.set_fact("crash_unsaved", "")
        return crash
    return ""
