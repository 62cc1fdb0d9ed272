"""What people do in a history, each as the die says: the project manager, two approvers, the ERP admin."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from erp.db import db
from erp.documents import budget
from erp.documents.budget import Budget
from erp.documents.document import DocumentRefused
from erp.documents.project import Project
from erp.exchanges import undecided, unlink, verify
from erp.exchanges.export import export, look_again, retry, withdraw
from erp.items import Item
from erp.items.choices import pick
from erp.items.perform import Refused, accept, change_choices, reject, retrieve, send, unaccept
from erp.items.why_not import why_not
from erp.moves import Stale
from erp.people import User
from erp.simulator import views
from erp.states import State
from tests.house import CODES, House
from tests.prove.faults import Faults
from tests.prove.grown import MORE_CODES, PROJECTS, make_project
from tests.prove.pam import Pam


class People:
    """Everybody who clicks. `brought_back` says when a backup of the company file has brought what back."""

    def __init__(self, house: House, die: random.Random, faults: Faults, *, lively: bool) -> None:
        self.house, self.die, self.faults, self.lively = house, die, faults, lively
        self.batches: list[str] = []
        self.brought_back: dict[str, datetime] = {}

    # the project manager

    def _pam(self) -> str:
        deeds = {self._project: 1, self._budget: 4, self.send_one: 8, self._retrieve: 1, self._life: 4, self._resend: 2}
        if self.lively and self.die.random() < 0.7:
            return self._round()
        chosen = self.die.choices(list(deeds), list(deeds.values()), k=self.die.randint(1, 4))
        return ", ".join(self.click(deed) for deed in chosen)

    def _round(self) -> str:
        """A budget changes, is sent again and exported, unless something comes between."""
        deeds = [self._life] * self.die.randint(1, 3) + [self._resend]
        said = [self.click(deed) for deed in deeds]
        return ", ".join([*said, self.export_as("ann")] if self.die.random() < 0.8 else said)

    def _project(self) -> str:
        number = len(list(db.session.scalars(select(Project.id))))
        if number >= PROJECTS + 4:
            return "has projects enough"
        make_project(self.house, number)
        return f"makes project {number}"

    def _budget(self) -> str:
        without = [of for item in self.items(State.SYNCED) if item.kind == "job"
                   if (of := db.session.get_one(Project, item.document_id)) and not budget.of(of)]  # fmt: skip
        if not without:
            return "has no job without a budget"
        of = self.die.choice(without)
        made = self.house.budget_of(of, *[self._amount() for _ in range(self.die.randint(1, 4))])
        return f"sends the budget of {of.number}, {send('budget', self.house.connection, made, self.house.pam).subject}"

    def _amount(self) -> int:
        return self.die.choice((-1, 1)) * self.die.choice((1, 99, self.die.randrange(1, 10**6), 999_999_999_999))

    def send_one(self) -> str:
        """Pam sends something."""
        kind, document = self.die.choice(self._documents())
        return f"sends {send(kind, self.house.connection, document, self.house.pam).subject}, a {kind}"

    def _life(self) -> str:
        """Something in the life of a budget: money moves, or its lines change."""
        found = self._budgets_at_home()
        if not found:
            return "has no budget at hand"
        chosen = self.die.choice(found[:2] if self.die.random() < 0.8 else found)
        return f"{Pam(self.die, self.house, chosen).act()} in {chosen.number}"

    def _resend(self) -> str:
        found = [row for row in self._budgets_at_home() if row.exported_at and budget.unsynced(row)]
        if not found:
            return "has no budget to send again"
        return f"sends {send('budget', self.house.connection, self.die.choice(found), self.house.pam).subject}, a budget"

    def _budgets_at_home(self) -> list[Budget]:
        """Those that accounting has first."""
        elsewhere = self._elsewhere()
        found = [row for row in db.session.scalars(select(Budget).order_by(Budget.id)) if ("budget", row.id) not in elsewhere]
        return sorted(found, key=lambda row: row.exported_at is None)

    def _documents(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("job", row) for row in db.session.scalars(select(Project).order_by(Project.id))]
        found += [("cost_code", self.house.code(number)) for number, _ in (*CODES, *MORE_CODES)]
        found += [("budget", row) for row in db.session.scalars(select(Budget).order_by(Budget.id))]
        elsewhere = self._elsewhere()
        at_home = [(kind, row) for kind, row in found if (kind, row.id) not in elsewhere]
        return at_home if at_home and self.die.random() < 0.9 else found

    def _elsewhere(self) -> set[tuple[str, int]]:
        """Kind and id of the documents that are not with Pam now; a synced budget is with her, too."""
        rows = db.session.execute(select(Item.kind, Item.document_id, Item.state))
        return {(kind, key) for kind, key, state in rows
                if state != State.WITH_PM and not (kind == "budget" and state == State.SYNCED)}  # fmt: skip

    def _retrieve(self) -> str:
        item = self._any(State.READY, State.ACCEPTED)
        retrieve(item, self.house.pam, version=self._version(item))
        return f"retrieves {item.subject}"

    # the approvers

    DUTIES = {"accept": 9, "export": 8, "retry": 4, "look_again": 3, "reject": 1, "unaccept": 1, "choices": 1, "withdraw": 1,
              "adopt": 3, "send_again": 2, "verify": 2}  # fmt: skip

    def _approver(self) -> str:
        who = self.die.choice(("ann", "bob"))
        duty = self.die.choices(list(self.DUTIES), list(self.DUTIES.values()))[0]
        if duty == "export" or (duty == "accept" and self.die.random() < 0.7):
            return self.export_as(who)
        return self.click(lambda: f"{who} {getattr(self, f'_{duty}')(getattr(self.house, who))}")

    def export_as(self, who: str) -> str:
        """Accept and Export, of everything."""
        return ", ".join([self.click(lambda: f"{who} {self.accept_all(getattr(self.house, who))}"),
                          self.click(lambda: f"{who} {self._export(getattr(self.house, who))}")])  # fmt: skip

    def _accept(self, who: User) -> str:
        item = self._any(State.READY)
        accept(item, who, self._form(item), version=self._version(item))
        return f"accepts {item.subject}"

    def accept_all(self, who: User) -> str:
        """Accept what can be accepted."""
        ready = self.items(State.READY)
        for item in ready:
            if item.as_state is State.READY and not why_not("accept", item, who, picked=pick(item, self._form(item))):
                accept(item, who, self._form(item))
        return f"accepts {len(ready)}"

    def _form(self, item: Item) -> dict[str, str]:
        return self.house.accounts() if item.kind == "cost_code" else {}

    def _choices(self, who: User) -> str:
        item = self._any(State.ACCEPTED)
        change_choices(item, who, self._form(item), version=self._version(item))
        return f"chooses anew for {item.subject}"

    def _unaccept(self, who: User) -> str:
        item = self._any(State.ACCEPTED)
        unaccept(item, who, version=self._version(item))
        return f"unaccepts {item.subject}"

    def _reject(self, who: User) -> str:
        item = self._any(State.READY, State.ACCEPTED, State.FAILED)
        reject(item, who, "Please look at it again.", version=self._version(item))
        return f"rejects {item.subject}"

    def _export(self, who: User) -> str:
        kinds = sorted({item.kind for item in self.items(State.ACCEPTED)}) or ["budget"]
        kind = "budget" if self.lively and "budget" in kinds else self.die.choice(kinds)
        return self.export_all(who, kind)

    def export_all(self, who: User, kind: str) -> str:
        """Everything of this kind that was accepted."""
        click = export(self.house.connection, kind, who)
        self.batches.append(click.batch)
        return f"exports {', '.join(item.subject for item in click.items)}"

    def _withdraw(self, who: User) -> str:
        item = self._any(State.EXPORTING)
        withdraw(item, who, version=self._version(item))
        return f"withdraws {item.subject}"

    def _retry(self, who: User) -> str:
        item = self._any(State.FAILED)
        retry(item, who, self._form(item), version=self._version(item))
        return f"retries {item.subject}"

    def _look_again(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        look_again(item, who, version=self._version(item))
        return f"looks again at {item.subject}"

    def _adopt(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        there = undecided.candidates(item) or [{"result": {"erp_id": "1-1"}}]
        undecided.adopt(item, who, self.die.choice(there)["result"]["erp_id"], "Compared.", elsewhere=self.die.random() < 0.5,
                        version=self._version(item))  # fmt: skip
        return f"adopts for {item.subject}"

    def _send_again(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        undecided.send_again(item, self.erin(), "With eyes open.", version=self._version(item))
        return f"has {item.subject} sent again by Erin"

    def _erin_unlinks(self) -> str:
        """Erin unlinks what is gone, and has it asked first; what is there stays linked, unless it was put back within the hour."""
        erin, linked = self.erin(), self.items(State.SYNCED, State.FAILED)
        if gone := [one for one in linked if not unlink.why_not_unlink(one, erin)]:
            return self.unlinked(self.die.choice(gone))
        item = self.die.choice(self.missed() or linked)
        if unlink.asked(item) is None and self.die.random() < 0.8:
            return self.ask_of(item)
        return self.unlinked(item)

    def missed(self) -> list[Item]:
        """What Rita knows to be gone, and may be unlinked when QuickBooks says so, too."""
        there, erin = self.ids(), self.erin()
        linked = self.items(State.SYNCED, State.FAILED)
        return [one for one in linked if one.erp_id and one.erp_id not in there and not unlink.why_not_here(one, erin)]

    def ask_of(self, item: Item) -> str:
        """Erin has QuickBooks asked whether it is gone."""
        return f"has {item.subject} asked whether it is gone: {unlink.ask(item, self.erin())}"

    def unlinked(self, item: Item) -> str:
        """Erin presses Unlink."""
        key, subject = item.erp_id, item.subject
        unlink.unlink(item, self.erin(), version=self._version(item))
        at = self.brought_back.get(key)
        if not item.declaration.unlinks_freely and (at is None or self.house.now - at > unlink.FRESH):
            assert key not in self.ids(), f"{subject} was unlinked, and it is there"
        self.faults.counted["unlinked"] += 1
        return f"unlinks {subject}"

    def _admin(self) -> str:
        return self.click(self._erin_unlinks)

    def erin(self) -> User:
        """The ERP admin."""
        return db.session.scalars(select(User).filter_by(name="Erin")).one()

    def ids(self) -> set[str]:
        """Of everything that is in accounting now."""
        company = self.house.company
        return {str(row["id"]) for look in (views.customers, views.items, views.estimates) for row in look(company)}

    def _verify(self, who: User) -> str:
        return f"verifies {verify.everything(self.house.connection)}"

    def _any(self, *states: State) -> Item:
        found = self.items(*states)
        if not found:
            raise Refused([])
        return self.die.choice(found)

    def items(self, *states: State) -> list[Item]:
        """Those in these states."""
        return list(db.session.scalars(select(Item).where(Item.state.in_(states)).order_by(Item.id)))

    def _version(self, item: Item) -> int:
        """What the page shows; sometimes it is an old page."""
        return item.version - self.die.choice((0, 0, 0, 0, 0, 1))

    def click(self, deed: Callable[[], str]) -> str:
        """One click, as one transaction; what came of it."""
        return self.faults.click(deed, Refused, Stale, DocumentRefused)

    def press(self, key: int) -> str:
        """Retry or Look again."""
        again = db.session.get_one(Item, key)
        if again.as_state is State.FAILED:
            retry(again, self.house.ann, self._form(again))
        else:
            look_again(again, self.house.ann)
        return f"presses again on {again.subject}"
