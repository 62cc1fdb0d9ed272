"""A working morning through the real doors, with one thing in the way at one moment of it; then everything calms down.

Pam attaches a file to a budget and sends it, Ann rejects a code, accepts the budget and exports it with a project, the worker
rehearses, a Web Connector comes, the clock sweeps, mails go out. Whoever reads that it was not done does it once more.
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.documents.attachments import Attachment
from erp.exchanges.exchange import OPEN, Exchange, Message
from erp.exchanges.rehearse import rehearse
from erp.items import Item
from erp.items.perform import send
from erp.mail import Mail
from erp.people import sessions
from erp.postman import deliver
from erp.simulator.wire import Answered
from tests.house import House, move_in
from tests.invariants import check_all
from tests.smtp import Server

LEASE, ROUNDS = 60, 60
PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 4000
METHOD = re.compile(rb"<(?:\w+:)?(authenticate|sendRequestXML|receiveResponseXML|closeConnection|getLastError)\b")
RESULT = re.compile(r"<(\w+)Result>(.*)</\1Result>", re.DOTALL)
STAGE = "morning"
UNKNOWN = "Whether your click was kept is not known. Reload the page to see it."
CLICKS = ("Attach", "Send", "Reject", "Accept", "Export")
CALLS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
PARTS = ("rehearse", "sweep", "deliver")
TABLES = ("items", "snapshots", "events", "exchanges", "attachments", "mails", "documents")
Obstacle = Callable[[House], AbstractContextManager[object]]


class Moment(NamedTuple):
    """What is going on, and the how manieth time."""

    what: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.what} {self.nth}"


EVERY = tuple(Moment(what) for what in (*CLICKS, *CALLS, *PARTS))


@cache
def prepared() -> None:
    """A budget is locked, a project accepted, a code sent; the budget's job and codes are in accounting."""
    with move_in() as house:
        house.locked_budget(100_000, 200_000, 300_000)
        house.accepted("job", house.project("25-0001"))
        code = house.cost_code("32-1700", "Pavement markings")
        with transaction():
            send("cost_code", house.connection, code, house.pam)
        house.keep(STAGE)


class Morning:
    """`told` is what was answered while something was in the way, `visits` is what the Web Connector showed at the end of each
    visit, `waited` are the seconds until all was done."""

    def __init__(self, house: House, mails: Server, moment: Moment, obstacle: Obstacle) -> None:
        self.house, self.mails, self.moment, self.obstacle = house, mails, moment, obstacle
        self.counted: Counter[str] = Counter()
        self.reached, self.told, self.waited = False, "", 0
        self.visits: list[str] = []
        house.app.config["MAIL_URL"] = mails.url

    # the day

    def live(self) -> None:
        """The morning, once through."""
        self.clicks()
        self._part("rehearse", self._rehearse)
        self._visit()
        self._part("sweep", session.sweep)
        self._part("deliver", deliver)

    def clicks(self) -> None:
        """What Pam and Ann do."""
        here, budget, code = self.house.connection.id, self.house.budget_of_pier().id, self.house.code("32-1700").id
        self._click("Attach", "pam", f"/documents/budget/{budget}/attachments", files=PDF)
        self._click("Send", "pam", f"/documents/budget/{budget}/connections/{here}/sending")
        self._click("Reject", "ann", f"/erp/{here}/items/{self._item(code)}/rejection", comment="Use 34-7100")
        self._click("Accept", "ann", f"/erp/{here}/items/{self._item(budget)}/acceptance")
        self._click("Export", "ann", f"/erp/{here}/all-kinds/export")

    def rest(self) -> None:
        """Clock and Web Connector come as always until nothing is left to do."""
        while self._under_way():
            assert self.waited < ROUNDS * (LEASE + 61), f"stuck: {self._under_way()}"
            self.house.wait(LEASE + 61)
            self.waited += LEASE + 61
            self._part("sweep", session.sweep)
            self._part("deliver", deliver)
            self._visit()

    def judge(self) -> None:
        """Everything that was acknowledged is there, once."""
        db.session.remove()
        check_all(self.house.company, self.house.connection, drained=True)
        for item in db.session.scalars(select(Item)):
            assert item.state == ("With PM" if item.number == "32-1700" else "Synced"), f"{item.subject} is {item.state}"
        writes = select(Message.exchange_id, func.count()).where(Message.writes).group_by(Message.exchange_id)
        twice = [key for key, n in db.session.execute(writes) if n > 1]
        assert not twice, f"written more than once: exchanges {twice}"
        assert db.session.scalars(select(Attachment.size)).all() == [len(PDF)], "the file is there once, whole"
        self._judge_mails()
        db.session.remove()

    def _judge_mails(self) -> None:
        rows = list(db.session.scalars(select(Mail)))
        assert rows, "nobody was told of the rejection"
        for mail in rows:
            assert mail.message_id in self.mails.kept(mail.to), f"the mail to {mail.to} never arrived"
        copies = len(self.mails.got) - len(rows)
        assert copies <= (self.moment.what == "deliver"), f"{copies} mails arrived twice"

    # clicks

    def _click(self, what: str, who: str, path: str, **form: Any) -> None:
        """Press; whoever reads that nothing was changed presses once more, whoever reads that it was done does not.

        After a jump of the clock the person logs in once more first."""
        browser, before = self._browser(who), self._picture()
        db.session.remove()
        answered = self._at(what, lambda: browser.post(path, data=_form(form)))
        if (answered.status_code, answered.location) == (302, "/login") or answered.status_code >= 500:
            self.told = _words(answered.text)
            assert answered.status_code in (302, 503), f"{what}: {answered.status_code} {self.told}"
            if "was done" in self.told or (UNKNOWN in self.told and self._picture() != before):
                assert self._picture() != before, f"{what} was not done: {self.told}"
                return
            assert self._picture() == before, f"{what} was done, at least in part: {self.told}"
            answered = self._at("again", lambda: self._browser(who).post(path, data=_form(form)))
        assert answered.status_code in (200, 303), f"{what}: {answered.status_code} {_words(answered.text)}"

    def _browser(self, who: str) -> FlaskClient:
        browser = self.house.app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = sessions.begin(getattr(self.house, who))
            db.session.commit()
        db.session.remove()
        return browser

    def _picture(self) -> list[Any]:
        """How much there is, and where every item stands."""
        db.session.remove()
        rows: list[Any] = [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]
        rows += [tuple(row) for row in db.session.execute(select(Item.id, Item.state, Item.version).order_by(Item.id))]
        db.session.remove()
        return rows

    # the Web Connector, the worker, the clock

    def _visit(self) -> None:
        self.visits.append(self.house.update(post=self._post).message)
        db.session.remove()

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answered:
        found = METHOD.search(body)
        what = found[1].decode() if found else "another call"
        status, said, answered = self._at(what, lambda: self.house.post(url, headers, body))
        if (what, self.counted[what]) == self.moment:
            typed = RESULT.search(answered.decode())
            assert status == 200, f"{what}: {status}"
            assert typed, f"{what}: no typed answer: {answered[:500]!r}"
            self.told = f"{what}: {unescape(typed[2])}"
        return status, said, answered

    def _part(self, what: str, part: Callable[[], object]) -> None:
        """A part of the clock or a job of the worker: its trouble is logged, and the next round tries again."""
        db.session.remove()
        try:
            self._at(what, part)
        except DBAPIError as trouble:
            self.told = str(trouble.orig)
        finally:
            db.session.remove()

    def _rehearse(self) -> int:
        batch = db.session.scalar(select(Exchange.batch).where(Exchange.batch != "").order_by(Exchange.id.desc()).limit(1))
        return rehearse(batch or "")

    def _at(self, what: str, deed: Callable[[], Any]) -> Any:
        """Carry it out in a context of its own, as a server does."""
        self.counted[what] += 1
        db.session.remove()
        with self.house.app.app_context():
            if (what, self.counted[what]) != self.moment:
                return deed()
            self.reached = True
            with self.obstacle(self.house):
                return deed()

    def _under_way(self) -> list[str]:
        db.session.remove()
        found = [f"{e.subject} {e.state}" for e in db.session.scalars(select(Exchange).where(Exchange.state.in_(OPEN)))]
        found += [f"mail to {mail.to}" for mail in db.session.scalars(select(Mail).filter_by(state="queued"))]
        db.session.remove()
        return found

    def _item(self, document: int) -> int:
        return db.session.scalars(select(Item.id).filter_by(document_id=document)).one()


def _form(form: dict[str, Any]) -> dict[str, Any]:
    return form | ({"files": [(BytesIO(form["files"]), "plan.pdf")]} if "files" in form else {})


def _words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2] or page
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(main)).split())


def morning(moment: Moment, obstacle: Obstacle, place: Obstacle = nullcontext) -> Morning:
    """Live it with this in the way at this moment, calm down, and judge; raises AssertionError when a promise is broken."""
    prepared()
    with move_in(STAGE, QBWC_LEASE_SECONDS=float(LEASE), QBWC_BACKOFF=0.2) as house, Server() as mails, place(house):
        lived = Morning(house, mails, moment, obstacle)
        lived.live()
        lived.rest()
        lived.judge()
        return lived
