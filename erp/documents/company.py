"""Companies of the Directory: whom we buy from; in accounting a vendor."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from erp import audit
from erp.db import Short, db, refers, same_letters
from erp.documents import words
from erp.documents.document import Document, DocumentRefused, fresh, touch
from erp.items import Item, what_now
from erp.kind import Reason
from erp.people import User
from erp.states import State

TYPES = ("Subcontractor", "Supplier", "Consultant", "Equipment rental", "Public authority")
TEXTS = ("legal_name", "first_name", "last_name", "street", "street2", "city", "region", "postal_code", "phone", "fax", "email",
         "tax_id")  # fmt: skip
LABELS = {"title": "Name", "legal_name": "Company name", "first_name": "First name", "last_name": "Last name", "street": "Street",
          "street2": "Street (second line)", "city": "City", "region": "State", "postal_code": "ZIP", "phone": "Phone",
          "fax": "Fax", "email": "E-mail", "tax_id": "Tax ID", "types": "Types", "active": "Active"}  # fmt: skip
"""Each field as it is called on screen."""


class Company(Document):
    """A company; it belongs to the organisation and may be sent to several connections. `types` are some of TYPES."""

    __tablename__ = "companies"
    __mapper_args__ = {"polymorphic_identity": "company"}

    id: Mapped[int] = refers("documents.id", primary_key=True)
    legal_name: Mapped[Short]
    first_name: Mapped[Short]
    last_name: Mapped[Short]
    street: Mapped[Short]
    street2: Mapped[Short]
    city: Mapped[Short]
    region: Mapped[Short]
    postal_code: Mapped[Short]
    phone: Mapped[Short]
    fax: Mapped[Short]
    email: Mapped[Short]
    tax_id: Mapped[Short]
    types: Mapped[list[Any]]
    active: Mapped[bool]

    @property
    def name(self) -> str:
        """The name; it becomes the vendor's name in accounting."""
        return self.title

    @property
    def address(self) -> list[str]:
        """The address, one entry per line that is filled."""
        town = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        return [line for line in (self.street, self.street2, town) if line]

    @property
    def contact(self) -> str:
        """The person to talk to."""
        return f"{self.first_name} {self.last_name}".strip()


class CompanyRefused(DocumentRefused):
    """The company cannot be saved like this."""


def create(actor: User, **values: Any) -> Company:
    """A new company; raises CompanyRefused when it cannot be saved."""
    _refuse(values)
    company = Company(**fresh(actor, number="", project_id=None), **_whole(values))
    db.session.add(company)
    db.session.flush()
    audit.record(company.subject, "create", actor)
    return company


def edit(company: Company, actor: User, seen: int | None, **values: Any) -> None:
    """Save the form; raises StaleDocument when somebody else saved first, CompanyRefused when it cannot be saved."""
    for reason in why_not_edit(company):
        raise CompanyRefused(reason.text)
    changed = {name: value for name, value in values.items() if getattr(company, name) != value}
    _refuse(changed, company.id)
    touch(company, seen)
    was = {name: getattr(company, name) for name in changed}
    for name, value in changed.items():
        setattr(company, name, value)
    audit.record(company.subject, "edit", actor, details={"was": was, "now": changed})


def why_not_edit(company: Company) -> list[Reason]:
    """Why the company stands now: it is on its way to accounting."""
    asked = select(Item).where(Item.document_id == company.id, Item.state.not_in((State.WITH_PM, State.SYNCED)))
    return [Reason(f"{company.name} was sent to {item.connection.name} and is {item.state} there. {what_now(item)}")
            for item in db.session.scalars(asked)]  # fmt: skip


def _refuse(values: dict[str, Any], but: int | None = None) -> None:
    for name, value in values.items():
        against = words.why_not(LABELS[name], value, required=name == "title") if isinstance(value, str) else ""
        if against:
            raise CompanyRefused(against, name)
    if email := values.get("email"):
        _refuse_email(email)
    if unknown := set(values.get("types", ())) - set(TYPES):
        raise CompanyRefused(f"There is no type {min(unknown)}. Choose one of the list.", "types")
    if "title" in values and (same := find(values["title"])) and same.id != but:
        raise CompanyRefused(f"{same.name} is in the Directory already. Choose another name, or edit that one.", "title")


def _refuse_email(text: str) -> None:
    """One address, or several with commas between them, as QuickBooks takes them."""
    for email in (one.strip() for one in text.replace(";", ",").split(",")):
        name, at, host = email.partition("@")
        if not (name and at and "." in host.strip(".")) or email.split() != [email]:
            raise CompanyRefused(f"E-mail “{email[:60]}” is no address. Write it like office@example.com.", "email")


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(TEXTS, ""), "types": [], "active": True, **values}


def find(name: str) -> Company | None:
    """The company with this name, whatever its capitals."""
    return db.session.scalar(select(Company).where(same_letters(Company.title, name.strip())).limit(1))
