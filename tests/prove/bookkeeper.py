"""A bookkeeper who works in the same company file at the same time and knows nothing of us."""

import random
from collections.abc import Callable
from typing import Any

from erp.simulator import bookkeeper as deeds
from erp.simulator import views
from erp.simulator.company import Company
from erp.simulator.refusals import HResult, Refusal

Deed = Callable[[], None]


class Bookkeeper:
    """Does something with jobs, items and estimates, ours and others, as a seeded die says."""

    def __init__(self, die: random.Random, company: Company) -> None:
        self.die, self.company = die, company

    def act(self) -> str:
        """Do something; what it was."""
        deed = self.die.choice(self._deeds())
        try:
            deed()
        except (Refusal, HResult, LookupError) as refused:
            return f"{deed.__name__}, refused: {type(refused).__name__}"
        return deed.__name__

    def _deeds(self) -> list[Deed]:
        on_lists = [self.rename, self.deactivate, self.activate, self.delete, self.note, self.merge, self.move_job,
                    self.rename_customer, self.take_name]  # fmt: skip
        on_estimates = [self.edit_estimate, self.own_line, self.edit_line, self.drop_line, self.copy_estimate,
                        self.delete_estimate, self.delete_estimate, self.move_estimate, self.take_number, self.post_cost, self.close_estimate,
                        self.reopen_estimate, self.reopen_estimate, self.write_memo]  # fmt: skip
        return on_lists + on_estimates

    # lists

    def rename(self) -> None:
        kind, name = self._one()
        deeds.rename(self.company, kind, name, f"Rita {self.die.randrange(10_000)}")

    def deactivate(self) -> None:
        deeds.deactivate(self.company, *self._one())

    def activate(self) -> None:
        deeds.activate(self.company, *self._one())

    def delete(self) -> None:
        deeds.delete(self.company, *self._one())

    def note(self) -> None:
        deeds.change(self.company, *self._one("job"), Notes="Rita was here")

    def merge(self) -> None:
        kind, name = self._one()
        into = self._one(kind)[1]
        if not f"{into}:".startswith(f"{name}:"):
            deeds.merge(self.company, kind, name, into)

    def move_job(self) -> None:
        name = self._one("job")[1]
        row = next(row for row in views.customers(self.company) if row["full_name"] == name)
        self._request(
            f"<CustomerModRq><CustomerMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}</EditSequence><ParentRef>"
            f"<FullName>{self._customer()}</FullName></ParentRef></CustomerMod></CustomerModRq>"
        )

    def rename_customer(self) -> None:
        deeds.rename(self.company, "customer", self._customer(), f"Customer {self.die.randrange(10_000)}")

    def take_name(self) -> None:
        """An entry of the bookkeeper's own under a name that one of ours may want."""
        if self.die.random() < 0.5:
            deeds.add_job(self.company, self._customer(), f"Project {self.die.randrange(20)}")
        else:
            deeds.add_item(self.company, "34", "Construction Income", "Subcontracts")

    def _one(self, kind: str = "") -> tuple[str, str]:
        kind = kind or self.die.choice(("job", "item"))
        found = views.customers(self.company) if kind == "job" else views.items(self.company)
        return kind, str(self.die.choice([row["full_name"] for row in found if kind == "item" or row["level"] == 1]))

    def _customer(self) -> str:
        return str(self.die.choice([row["full_name"] for row in views.customers(self.company) if row["level"] == 0]))

    # estimates

    def edit_estimate(self) -> None:
        field, text = self.die.choice((("RefNumber", f"R-{self.die.randrange(1000)}"), ("memo", "Rita was here"),
                                       ("TxnDate", "2026-12-01")))  # fmt: skip
        deeds.edit_estimate(self.company, self._estimate(), **{field: text})

    def own_line(self) -> None:
        deeds.add_estimate_line(self.company, self._estimate(), "Consulting", f"{self.die.randrange(1, 9999)}.00", "Rita's own")

    def edit_line(self) -> None:
        deeds.edit_estimate_line(self.company, self._estimate(), 1, f"{self.die.randrange(1, 9999)}.00")

    def drop_line(self) -> None:
        deeds.delete_estimate_line(self.company, self._estimate(), 1)

    def copy_estimate(self) -> None:
        deeds.duplicate_estimate(self.company, self._estimate())

    def delete_estimate(self) -> None:
        deeds.delete_estimate(self.company, self._estimate())

    def move_estimate(self) -> None:
        row = self.die.choice(views.estimates(self.company))
        self._change(row, f"<CustomerRef><FullName>{self._one('job')[1]}</FullName></CustomerRef>")

    def close_estimate(self) -> None:
        deeds.deactivate_estimate(self.company, self._estimate())

    def reopen_estimate(self) -> None:
        for row in views.estimates(self.company):
            if not row["active"]:
                self._change(row, "<IsActive>true</IsActive>")

    def write_memo(self) -> None:
        deeds.edit_estimate(self.company, self._estimate(), memo=self.die.choice(("", "Rita was here", "Rita's own words")))

    def _change(self, row: dict[str, Any], fields: str) -> None:
        self._request(f"<EstimateModRq><EstimateMod><TxnID>{row['id']}</TxnID><EditSequence>{row['edit_sequence']}</EditSequence>"
                      f"{fields}</EstimateMod></EstimateModRq>")  # fmt: skip

    def take_number(self) -> None:
        """An estimate of the bookkeeper's own under a number that one of ours may want."""
        self._request(
            f"<EstimateAddRq><EstimateAdd><CustomerRef><FullName>{self._one('job')[1]}</FullName></CustomerRef>"
            f"<RefNumber>26-{self.die.randrange(20)}-B</RefNumber><EstimateLineAdd><Desc>by hand</Desc></EstimateLineAdd>"
            "</EstimateAdd></EstimateAddRq>"
        )

    def post_cost(self) -> None:
        deeds.post_cost(self.company, self._one("job")[1], self._one("item")[1], "12.00", "Delgado Electric")

    def _estimate(self) -> str:
        return str(self.die.choice(views.estimates(self.company))["id"])

    def _request(self, request: str) -> None:
        head = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'
        self.company.process(f'{head}<QBXML><QBXMLMsgsRq onError="stopOnError">{request}</QBXMLMsgsRq></QBXML>')


OBSTACLES: dict[str, Callable[[Company, random.Random], None]] = {
    "record locked": lambda company, die: deeds.lock(company, die.choice((1010, 3170, 3175, 3176, 3180)), die.randint(1, 7)),
    "internal error": lambda company, die: deeds.lock(company, 1000, 1),
    "crash unsaved": lambda company, die: deeds.crash_unsaved(company, die.choice(("0x8004041C", "0x80010105"))),
    "one set kept": lambda company, die: deeds.keep_message_sets(company, 1),
    "no set kept": lambda company, die: deeds.keep_message_sets(company, 0),
    "read only": lambda company, die: deeds.set_read_only(company),
    "dialog open": lambda company, die: deeds.open_dialog(company),
    "QuickBooks closed": lambda company, die: deeds.quit_quickbooks(company),
    "access denied": lambda company, die: deeds.deny(company),
    "estimates off": lambda company, die: deeds.prefer(company, "estimates", False),
    "period closed": lambda company, die: deeds.prefer(company, "closing_date", "2026-12-31"),
    "few iterators": lambda company, die: deeds.limit_iterators(company, 1),
}
"""What stands in everybody's way until somebody clears it away."""


def clear_away(company: Company, sets: int) -> None:
    """The company file as it was in the morning; `sets` is how many message sets this QuickBooks remembers."""
    deeds.open_own_file(company)
    deeds.unlock(company)
    deeds.crash_unsaved(company, "")
    deeds.keep_message_sets(company, sets)
    deeds.limit_iterators(company, 10)
    deeds.set_read_only(company, False)
    deeds.close_dialog(company)
    deeds.start_quickbooks(company)
    deeds.deny(company, "")
    deeds.prefer(company, "estimates", True)
    deeds.prefer(company, "closing_date", "")
