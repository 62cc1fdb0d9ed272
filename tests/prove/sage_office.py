"""Pam, who makes budgets and sends them, and the approvers Ann and Bob, as the die of a history by hand says."""

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import budget, sub_job
from erp.documents.budget import Budget
from erp.documents.project import Project
from erp.documents.sub_job import SubJob
from erp.exchanges.export import export, retry, withdraw
from erp.items import Item
from erp.items.choices import pick
from erp.items.perform import Refused, accept, reject, retrieve, send, unaccept
from erp.items.why_not import why_not
from erp.people import User
from erp.states import State
from tests.house import CODES, House
from tests.prove.faults import Faults
from tests.prove.pam import Pam


class Office:
    """What happens in the office before anything goes to Sage."""

    house: House
    die: random.Random
    faults: Faults
    key: int
    connection: Connection
    click: Callable[[Callable[[], str]], str]
    seen: Callable[[Any], int]
    worker: Callable[[], str]

    def items(self, *states: str) -> list[Item]:
        """The items of the connection in these states."""
        asked = select(Item).where(Item.connection_id == self.key, Item.state.in_(states))
        return list(db.session.scalars(asked.order_by(Item.id)))

    def _any(self, *states: str) -> Item:
        found = self.items(*states)
        if not found:
            raise Refused([])
        return self.die.choice(found)

    # the project manager

    def _pam(self) -> str:
        deeds = {
            self._budget: 2,
            self._below: 3,
            self._sub_job: 1,
            self._send: 8,
            self._retrieve: 1,
            self._life: 6,
            self._resend: 3,
        }
        if self.die.random() < 0.4:
            return ", ".join(self.click(deed) for deed in (self._life, self._life, self._resend))
        chosen = self.die.choices(list(deeds), list(deeds.values()), k=self.die.randint(1, 3))
        return ", ".join(self.click(deed) for deed in chosen)

    def _projects(self) -> list[Project]:
        return list(db.session.scalars(select(Project).where(Project.connection_id == self.key).order_by(Project.id)))

    def _budget(self) -> str:
        without = [one for one in self._projects() if not budget.of(one)]
        if not without:
            return "has no project without a budget"
        of = self.die.choice(without)
        self.house.budget_of(of, *[self._amount() for _ in range(self.die.randint(1, 4))])
        return f"makes the budget of {of.number}"

    def _amount(self) -> int:
        return self.die.choice((-1, 1, 1)) * self.die.choice((1, 99, self.die.randrange(1, 10**6), 999_999_99))

    def _sub_job(self) -> str:
        of = self.die.choice(self._projects())
        number = f"{len(sub_job.of(of)) + 1:02d}"
        sub_job.create(of, self.house.pam, number=number, title=f"Part {number} of {of.number}")
        return f"makes sub job {number} of {of.number}"

    def _below(self) -> str:
        """A line on a sub job."""
        found = [(row, one) for row in self._budgets() for one in sub_job.of(row.project)]
        if not found:
            return "has no sub job to budget"
        of, below = self.die.choice(found)
        code, amount = self.house.code(self.die.choice(CODES)[0]), 0 if of.locked_at else self._amount()
        budget.add_line(of, code, self.die.choice("LMESO"), amount, "", self.house.pam, below)
        return f"adds a line on {below.number} to {of.number}"

    def _budgets(self) -> list[Budget]:
        mine = select(Budget).where(Budget.project_id.in_([one.id for one in self._projects()]))
        return list(db.session.scalars(mine.order_by(Budget.id)))

    def _life(self) -> str:
        chosen = self.die.choice(self._budgets())
        return f"{Pam(self.die, self.house, chosen).act()} in {chosen.number}"

    def _send(self) -> str:
        found: list[tuple[str, Any]] = [("job", row) for row in self._projects()]
        found += [("budget", row) for row in self._budgets()]
        below = select(SubJob).where(SubJob.project_id.in_([one.id for one in self._projects()]))
        found += [("sub_job", row) for row in db.session.scalars(below.order_by(SubJob.id))]
        elsewhere = {item.document_id for item in self.items(*State) if item.as_state is not State.WITH_PM}
        at_home = [(kind, row) for kind, row in found if row.id not in elsewhere]
        kind, document = self.die.choice(at_home if at_home and self.die.random() < 0.9 else found)
        return f"sends {send(kind, self.connection, document, self.house.pam).subject}, a {kind}"

    def _resend(self) -> str:
        found = [row for row in self._budgets() if budget.unsynced(row)]
        if not found:
            return "has no budget to send again"
        return f"sends {send('budget', self.connection, self.die.choice(found), self.house.pam).subject}, a budget"

    def _retrieve(self) -> str:
        item = self._any(State.READY, State.ACCEPTED)
        retrieve(item, self.house.pam, version=self.seen(item))
        return f"retrieves {item.subject}"

    # the approvers

    DUTIES = {"accept": 3, "export": 12, "retry": 5, "reject": 1, "unaccept": 1, "withdraw": 1}

    def _approver(self) -> str:
        who, duty = self.someone(), self.die.choices(list(self.DUTIES), list(self.DUTIES.values()))[0]
        duties = ["accept_all", "export"] if duty == "export" else [duty]
        said = [self.click(lambda name=name: getattr(self, name)(getattr(self.house, who))) for name in duties]
        if duty == "export" and self.die.random() < 0.7:
            said.append(f"the worker {self.worker()}")
        return f"{who} {', '.join(said)}"

    def someone(self) -> str:
        """One of the two approvers."""
        return self.die.choice(("ann", "bob"))

    def form(self) -> dict[str, str]:
        """What is chosen at Accept."""
        return {"date": f"{self.house.now:%Y-%m-%d}"}

    def accepted(self, kind: str, document: Any) -> None:
        """Sent by Pam, accepted and exported by Ann."""
        with transaction():
            accept(send(kind, self.connection, document, self.house.pam), self.house.ann, self.form())
            export(self.connection, kind, self.house.ann)

    def accept(self, who: User) -> str:
        """Accept something."""
        item = self._any(State.READY)
        accept(item, who, self.form(), version=self.seen(item))
        return f"accepts {item.subject}"

    def accept_all(self, who: User) -> str:
        """Accept what can be."""
        ready = [item for item in self.items(State.READY) if not why_not("accept", item, who, picked=pick(item, self.form()))]
        for item in ready:
            if item.as_state is State.READY:
                accept(item, who, self.form())
        return f"accepts {len(ready)}"

    def export(self, who: User) -> str:
        """Export what was accepted."""
        click = export(self.connection, "", who)
        return f"exports {', '.join(item.subject for item in click.items)}"

    def retry(self, who: User) -> str:
        """Retry something that failed."""
        item = self._any(State.FAILED)
        retry(item, who, self.form(), version=self.seen(item))
        return f"retries {item.subject}"

    def reject(self, who: User) -> str:
        """Reject something."""
        item = self._any(State.READY, State.ACCEPTED, State.FAILED)
        reject(item, who, "Please look at it again.", version=self.seen(item))
        return f"rejects {item.subject}"

    def unaccept(self, who: User) -> str:
        """Take an acceptance back."""
        item = self._any(State.ACCEPTED)
        unaccept(item, who, version=self.seen(item))
        return f"unaccepts {item.subject}"

    def withdraw(self, who: User) -> str:
        """Take an export back before it was laid out."""
        item = self._any(State.EXPORTING)
        withdraw(item, who, version=self.seen(item))
        return f"withdraws {item.subject}"
