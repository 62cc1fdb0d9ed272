"""Companies on their way to accounting, where they are vendors."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select

from erp import connections
from erp.audit import Event
from erp.books.records import Record
from erp.db import db, same_letters
from erp.documents import company as directory
from erp.documents.company import LABELS, TEXTS, Company
from erp.items import Item
from erp.items.why_not import Case
from erp.kind import Column, Comment, Importing, Kind, Reason, Rule, declare
from erp.people import User
from erp.states import Filter, RecordState, State

LINK = "An ERP administrator links them: ERP Integrations, Companies, Ready To Import, Link."
OTHER = ("It is linked to another company here already: use that one, and make this one not active. If they are two, change the "
         "{} of one of them.")  # fmt: skip
MOST = 5
"""So many of these are named at once."""


def snapshot(company: Company) -> dict[str, Any]:
    """What accounting sees of a company."""
    return {"name": company.name, **{name: getattr(company, name) for name in TEXTS}}


def summary(payload: dict[str, Any]) -> dict[str, Any]:
    """What the list shows of it."""
    return {"amount": 0, **{name: payload[name] for name in ("city", "phone", "tax_id")}}


def page(company: Company) -> str:
    """Where the company is edited."""
    return f"/directory/{company.id}"


def is_active(case: Case) -> Iterator[Reason]:
    """Nobody buys from a company that is not active."""
    if not case.document.active:
        yield Reason("The company is not active.", f"{page(case.document)}/edit", "Edit the company")


def warns(item: Item, company: Company) -> list[str]:
    """Before the first export: who has its name or tax id in accounting already, and the cure."""
    if item.in_erp:
        return []
    alike = _alike(company.name, company.tax_id)
    others = or_(Record.item_id.is_(None), Record.item_id != (item.id or 0))
    left = select(Item.id).where(Item.id == item.id, _left()).correlate(Record).exists()
    asked = select(Record).where(Record.connection_id == item.connection_id, or_(alike, left), others)
    rows = db.session.scalars(asked.order_by(Record.list.desc(), Record.id).limit(MOST + 1))
    return [words for row in rows for words in _words(item, company, row)][:MOST]


def cautions(documents: Any) -> list[str]:
    """The same, for all that stand ready for Export."""
    asked = (
        select(Company, Item, Record)
        .join(Item, Item.document_id == Company.id)
        .join(Record, (Record.connection_id == Item.connection_id) & or_(_alike(Company.title, Company.tax_id), _left()))
        .where(or_(Record.item_id.is_(None), Record.item_id != Item.id))
        .where(Item.document_id.in_(documents), Item.state == State.ACCEPTED, Item.in_erp.is_(False))
    )
    rows = db.session.execute(asked.order_by(Company.id, Record.id).limit(2 * MOST))
    return [words for company, item, row in rows for words in _words(item, company, row)][:MOST]


def _left() -> ColumnElement[bool]:
    """The vendor that the item was until it was unlinked, and that waits in its list still."""
    of = and_(Event.subject == literal("item:").concat(cast(Item.id, String)), Event.action == "unlink")
    were = select(Event.details["erp_id"].as_string()).where(of).correlate(Item)
    return and_(Record.list == "vendor", Record.item_id.is_(None), Record.state != RecordState.GONE, Record.erp_id.in_(were))


def _words(item: Item, company: Company, record: Record) -> list[str]:
    """Accounting refuses a second vendor of the same name; of another name it would make one."""
    taxed = bool(company.tax_id) and record.data.get("tax_id") == company.tax_id
    if record.full_name.lower() != company.name.lower() and not taxed:
        return [_was(record, company)]
    return [] if _just_unlinked(item, record) else [_sentence(record, company)]


def _was(record: Record, company: Company) -> str:
    return (f"{company.name} was the vendor {record.full_name} until it was unlinked, and accounting had that vendor when the "
            f"list was read last. If they are the same, do not send it, or accounting has it twice. {LINK}")  # fmt: skip


def _just_unlinked(item: Item, record: Record) -> bool:
    """Whether the company was this very vendor until it was unlinked, and the vendors have not been read since."""
    asked = select(Event).filter_by(subject=item.subject, action="unlink").order_by(Event.id.desc()).limit(1)
    event = db.session.scalar(asked) if item.id and record.list == "vendor" else None
    if event is None or event.details.get("erp_id") != record.erp_id:
        return False
    read_at = connections.schedule(item.connection_id, "vendor").read_at
    return read_at is None or read_at <= event.at


def _alike(name: Any, tax_id: Any) -> ColumnElement[bool]:
    """Vendors with this name or tax id, and customers with this name: QuickBooks keeps one list of names."""
    named = same_letters(Record.full_name, name) if isinstance(name, str) else func.lower(Record.full_name) == func.lower(name)
    taxed = and_(Record.data["tax_id"].as_string() == tax_id, tax_id != "")
    alike = or_(and_(Record.list.in_(("vendor", "customer")), named), and_(Record.list == "vendor", taxed))
    return and_(alike, Record.state != RecordState.GONE)


def _sentence(record: Record, company: Company) -> str:
    if record.list == "customer":
        return (f"The customer {record.full_name} has this name in accounting; customers and vendors share one list of names. "
                "Choose another name here, or rename the customer there, or accounting refuses it.")  # fmt: skip
    what = "name" if record.full_name.lower() == company.name.lower() else "tax ID"
    cure = OTHER.format(what) if record.state == RecordState.LINKED else LINK
    return (f"{company.name}: the vendor {record.full_name} has this {what} in accounting. If they are the same, do not send it. "
            f"{cure}")  # fmt: skip


def make(record: Record, actor: User) -> Company:
    """The company of a vendor, with everything that the list tells of it."""
    return directory.create(actor, title=record.name, active=record.active, **_told(record))


def _told(record: Record) -> dict[str, str]:
    return {name: record.data.get(name, "") for name in TEXTS}


def joinable(connection_id: int) -> Select[int, str, str, str]:
    """The companies that this accounting does not have, each with its tax ID."""
    there = select(Item.document_id).where(Item.connection_id == connection_id, Item.kind == "company",
                                           Item.state != State.WITH_PM)  # fmt: skip
    return select(Company.id, Company.number, Company.title, Company.tax_id).where(Company.id.not_in(there))


def sides(record: Record, company: Company) -> list[tuple[str, str, str]]:
    """The vendor beside the company."""
    told = [(LABELS[name], text, getattr(company, name)) for name, text in _told(record).items()]
    return [
        ("Name", record.name, company.name),
        *told,
        ("Active", "yes" if record.active else "no", "yes" if company.active else "no"),
    ]


COMPANY = declare(Kind(
    slug="company",
    tab="Companies",
    singular="company",
    filter_title="Filters",
    rank=3,
    tools=("directory",),
    headings={
        Filter.IMPORT: "Companies Only in {system}",
        Filter.EXPORT: "Companies Only Here",
        Filter.UPDATE: "Companies Ready to Be Updated",
        Filter.FAILED: "Companies Failed To Export",
        Filter.SYNCED: "Companies Synced",
        Filter.ARCHIVED: "Archived Companies",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("City", "city", short=True), Column("Phone", "phone", short=True), Column("Tax ID", "tax_id", short=True)),
    labels={"name": LABELS["title"], **{name: LABELS[name] for name in TEXTS}},
    snapshot=snapshot,
    summary=summary,
    refs=lambda item: {},
    rules=(Rule(is_active),),
    load=lambda key: db.session.get_one(Company, key),
    page=page,
    updated_whole=True,
    record_list="vendor",
    unlinks_freely=True,
    archived_right="view_archived_companies",
    importing=Importing(add="Add", link="Link", refresh="Refresh Companies List", shows="Vendor", make=make, joinable=joinable,
                        sides=sides),
    warns=warns,
    cautions=cautions,
))  # fmt: skip
