"""A Sage data set beside the company file: Pam's job and codes are there, her budget was exported; batches are what is tested."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from erp import connections
from erp.audit import System
from erp.books import batches
from erp.books.batches import Batch, BatchFile, LineState
from erp.connections import Connection
from erp.connectors.sage300 import handling
from erp.connectors.sage300.rejecting import Taken, take
from erp.db import db, now, transaction
from erp.documents import budget, sub_job
from erp.documents.budget import Budget
from erp.documents.project import Project
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import export, open_exchange
from erp.exchanges.handover import hand_over
from erp.items import Item
from erp.items.perform import accept, advance, first, item_for, send
from tests.unit.stage import Stage

READ_BACK = System("readback/test")
DATE = "2026-11-22"


class Sage:
    """One Sage data set whose lists were read; `job` is a project with its codes there, `items` what was exported."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.people = stage, stage.people
        with transaction():
            self.connection, _ = connections.create("Bayview Civil", "sage300", "")
            for row in self.connection.schedules:
                row.read_at = now()
        self.key = self.connection.id
        for code in stage.codes:
            self.there("cost_code", code, code.code)

    def there(self, kind: str, document: Any, erp_id: str) -> Item:
        """Sage has this already."""
        with transaction():
            item = first(item_for(kind, self.connection, document))
            advance(item, "link", self.people.adam, in_erp=True, erp_id=erp_id, erp_name=erp_id, result={"shows": []})
        return item

    def project(self, number: str = "26-1164", title: str = "Pier Road Sewer", job: str = "261164") -> Project:
        """Pam's project, whose job is in Sage."""
        made = self.stage.project(number, title, connection_id=self.connection.id)
        self.there("job", made, job)
        return made

    def budget(self, project: Project, *amounts: int) -> Budget:
        """Its budget, locked, a line per amount in minor units."""
        with transaction():
            made = budget.open_for(project, self.people.pam)
            for n, amount in enumerate(amounts or (100_050, 200_000, -300_100)):
                budget.add_line(made, self.stage.codes[n % 3], "SLMEO"[n // 3], amount)
            budget.lock(made, self.people.pam, None)
        return made

    def accepted(self, kind: str, document: Any) -> Item:
        """Sent by Pam and accepted by Ann."""
        with transaction():
            item = send(kind, self.connection, document, self.people.pam)
            accept(item, self.people.ann, {"date": DATE})
        return item

    def exported(self, *accepted: Item) -> None:
        """Ann's click on Export, before anything was laid out."""
        with transaction():
            click = export(self.connection, "", self.people.ann)
        assert [item.id for item, _ in click.skipped] == [], click.skipped
        assert {item.id for item in click.items} >= {item.id for item in accepted}

    def batch(self, *amounts: int, number: int = 1) -> Batch:
        """A budget of its own project in a batch, Ready."""
        job = f"26{1164 + number - 1}"
        self.exported(
            self.accepted("budget", self.budget(self.project(f"26-{1164 + number - 1}", f"Pier {number}", job), *amounts))
        )
        hand_over()
        return self.find(number)

    def sub_job(self, project: Project, number: str = "A", title: str = "Alternate A") -> Item:
        """A sub job, accepted."""
        with transaction():
            made = sub_job.create(project, self.people.pam, number=number, title=title)
        return self.accepted("sub_job", made)

    def find(self, number: int) -> Batch:
        """The batch of this number, as it is now."""
        db.session.expire_all()
        found = batches.find(self.key, number)
        assert found is not None
        return found

    def all(self) -> list[Batch]:
        """Every batch, oldest first."""
        db.session.expire_all()
        return list(batches.every(self.key))[::-1]

    def items(self, batch: Batch) -> list[Item]:
        """The items of a batch."""
        keys = {line.exchange_id for line in batches.lines_of(batch)}
        return [exchange.item for key in sorted(keys) if (exchange := db.session.get_one(Exchange, key)).item]

    def item(self, batch: Batch) -> Item:
        """Its only item."""
        (found,) = self.items(batch)
        return found

    def download(self, batch: Batch, by: str = "ann", reason: str = "", file: BatchFile | None = None) -> bytes:
        """Somebody takes a file, or the first."""
        with transaction():
            return handling.download(batch, file or batch.files[0], getattr(self.people, by), reason)

    def go(self, batch: Batch, name: str, by: str = "ann", reason: str = "") -> Batch:
        """Somebody makes a move."""
        with transaction():
            handling.go(name, batch, getattr(self.people, by), reason)
        return self.find(batch.number)

    def imported(self, *amounts: int, number: int = 1) -> Batch:
        """A batch that Ann downloaded and imported."""
        batch = self.batch(*amounts, number=number)
        for file in batch.files:
            self.download(batch, file=file)
        return self.go(batch, "hand_import")

    def rejects(self, batch: Batch, body: bytes, file: BatchFile | None = None, said: str = "", by: str = "ann") -> Taken:
        """Ann uploads what Sage rejected of a file."""
        with transaction():
            return take(batch, file or batch.files[0], getattr(self.people, by), "reject.jce", body, said)

    def settle(self, item: Item) -> None:
        """A read-back has found it, as the read-back does it."""
        from erp.connectors.sage300.batches import settled
        from erp.exchanges import settle

        with transaction():
            exchange = open_exchange(item)
            assert exchange is not None
            settle.synced(exchange, READ_BACK, {"erp_id": "261164", "name": "261164", "shows": []})
            settled(exchange, READ_BACK)


def texts(batch: Batch) -> list[str]:
    """The lines of all files of a batch, as they stand there."""
    return [text for file in batch.files for text in file.body.decode("cp1252").split("\r\n") if text]


def body_of(*lines: str) -> bytes:
    """A reject file of these lines."""
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def states(batch: Batch) -> list[str]:
    """What became of its lines."""
    return [str(LineState(line.state)) for line in batches.lines_of(batch)]


@contextmanager
def settings(connection: Connection, **own: Any) -> Iterator[None]:
    """The connection's own settings, for a while."""
    before = connection.settings
    with transaction():
        connection.settings = before | {"sage300": before.get("sage300", {}) | own}
    yield
    with transaction():
        connection.settings = before
