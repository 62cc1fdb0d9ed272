"""Standard cost codes with their divisions, and the cost types."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp import audit
from erp.db import Short, db, refers, same_letters
from erp.documents import words
from erp.documents.document import Document, DocumentRefused, fresh, touch
from erp.items import Item, what_now
from erp.kind import Reason
from erp.people import User
from erp.states import State

MOST_SHORT = 30
"""The most characters of a short name: what systems with narrow lists hold."""
COST_TYPES = {"L": "Labor", "M": "Material", "E": "Equipment", "S": "Subcontract", "O": "Other"}


class CostCode(Document):
    """A standard cost code; a division is a code that has codes below it, and never a line of a budget.

    `short` is what a system with narrow lists gets instead of the name, if it is not empty.
    """

    __tablename__ = "cost_codes"
    __mapper_args__ = {"polymorphic_identity": "cost_code"}
    __table_args__ = (  # type: ignore[assignment]  # its base has three indexes of its own
        Index("ix_cost_codes_division", "division_id"),
        Index("uq_cost_codes_code", text("lower(code)"), unique=True),
    )

    id: Mapped[int] = refers("documents.id", primary_key=True)
    code: Mapped[Short]
    is_division: Mapped[bool]
    division_id: Mapped[int | None] = refers("cost_codes.id")
    active: Mapped[bool]
    short: Mapped[Short] = mapped_column(default="", server_default="")
    division: Mapped["CostCode | None"] = relationship(foreign_keys=[division_id], remote_side="CostCode.id")

    @property
    def name(self) -> str:
        """What the code stands for."""
        return self.title


class New(NamedTuple):
    """A code that is to be made; `division` "" means none."""

    code: str
    name: str
    division: str
    short: str = ""


class Known(NamedTuple):
    """What there is of a code, without its document."""

    id: int
    code: str
    name: str
    is_division: bool


class CodeRefused(DocumentRefused):
    """The code cannot be saved like this."""


def division_of(code: str) -> str:
    """The division a code belongs to by its shape: what stands before the first dash, dot or blank; else nothing."""
    for mark in ("-", ".", " "):
        head, found, tail = code.partition(mark)
        if found and head.strip() and tail.strip():
            return head.strip()
    return ""


def create(actor: User, code: str, name: str, division: str | None = None, short: str = "") -> CostCode:
    """A new code under its division, which is made when it is missing. `division` "" means none, None means by shape."""
    wanted = division_of(code) if division is None else division.strip()
    _refuse(code, name, wanted, short=short)
    above = (find(wanted, is_division=True) or _add(actor, wanted, wanted, True, None)) if wanted else None
    return _add(actor, code.strip(), name.strip(), False, above, short.strip())


def create_division(actor: User, code: str, name: str) -> CostCode:
    """A new division."""
    _refuse(code, name, "")
    return _add(actor, code.strip(), name.strip(), True, None)


def _add(actor: User, code: str, name: str, is_division: bool, division: CostCode | None, short: str = "") -> CostCode:
    row = CostCode(**fresh(actor, number=code, title=name, project_id=None), code=code, is_division=is_division,
                   division=division, active=True, short=short)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(row.subject, "create", actor)
    return row


def _refuse(code: str, name: str, division: str, but: int | None = None, short: str = "") -> None:
    _raise({"code": words.why_not("Code", code), "name": words.why_not("Name", name),
            "division": words.why_not("Division", division, required=False),
            "short": words.why_not("Abbreviation", short, most=MOST_SHORT, required=False)})  # fmt: skip
    same, above = find_any(code), find_any(division) if division else None
    if same and same.id != but:
        _raise({"code": f"{code.strip()} is there already: {same.name}. Choose another code, or edit that one."})
    if (above and not above.is_division) or (division and division.lower() == code.strip().lower()):
        _raise({"division": f"{division} is a cost code itself, so it cannot be a division. Choose another division."})


def _raise(against: dict[str, str]) -> None:
    for field, sentence in against.items():
        if sentence:
            raise CodeRefused(sentence, field)


def create_many(actor: User, wanted: Sequence[New], divisions: dict[str, str] | None = None) -> dict[str, int]:
    """Make many checked codes with few statements: lower-case code -> id. `divisions` names those that are new."""
    known, names = by_code(), divisions or {}
    missing = {new.division.lower(): new.division for new in wanted if new.division}
    missing |= {code.lower(): code for code in names}
    above = _insert(actor, [CostCode(**_columns(actor, code, names.get(code, code)), is_division=True)
                            for key, code in missing.items() if key not in known])  # fmt: skip
    above |= {key: row.id for key, row in known.items()}
    return _insert(actor, [CostCode(**_columns(actor, new.code, new.name), is_division=False, short=new.short,
                                    division_id=above.get(new.division.lower())) for new in wanted])  # fmt: skip


def _columns(actor: User, code: str, name: str) -> dict[str, Any]:
    return {**fresh(actor, number=code, title=name, project_id=None), "code": code, "active": True}


def _insert(actor: User, rows: list[CostCode]) -> dict[str, int]:
    db.session.add_all(rows)
    db.session.flush()
    audit.record_all((row.subject for row in rows), "create", actor, {"import": True})
    return {row.code.lower(): row.id for row in rows}


def why_not_edit(code: CostCode) -> list[Reason]:
    """Why the code stands now: it is on its way to accounting."""
    return [Reason(_on_its_way(code.code, item)) for item in _moving([code.id])]


def why_not_edit_any(ids: Sequence[int]) -> dict[int, str]:
    """The same for many codes, a sentence by the id of each that stands."""
    return {item.document_id: _on_its_way(item.number, item) for item in _moving(ids)}


def _moving(ids: Sequence[int]) -> list[Item]:
    asked = select(Item).where(Item.kind == "cost_code", Item.document_id.in_(ids))
    return list(db.session.scalars(asked.where(Item.state.not_in((State.WITH_PM, State.SYNCED)))))


def _on_its_way(code: str, item: Item) -> str:
    return f"{code} was sent to {item.connection.name} and is {item.state} there. {what_now(item)}"


def edit(code: CostCode, actor: User, seen: int | None, number: str, name: str, division: str | None = None,
         short: str | None = None) -> None:  # fmt: skip
    """Save the form; raises StaleDocument when somebody else saved first, CodeRefused when it cannot be saved. A `short` of
    None stays as it is."""
    for reason in why_not_edit(code):
        raise CodeRefused(reason.text)
    wanted = "" if code.is_division else division_of(number) if division is None else division.strip()
    short = code.short if short is None else short.strip()
    _refuse(number, name, wanted, code.id, short)
    touch(code, seen)
    was = {"code": code.code, "name": code.name, "division": code.division.code if code.division else "", "short": code.short}
    code.code = code.number = number.strip()
    code.title, code.short = name.strip(), short
    code.division = (find(wanted, is_division=True) or _add(actor, wanted, wanted, True, None)) if wanted else None
    audit.record(code.subject, "edit", actor, details={"was": was})


def find(code: str, *, is_division: bool = False) -> CostCode | None:
    """The code with this number, whatever its capitals."""
    found = find_any(code)
    return found if found and found.is_division == is_division else None


def find_any(code: str) -> CostCode | None:
    """The code or division with this number, whatever its capitals."""
    if words.why_not("Code", code):
        return None
    return db.session.scalar(select(CostCode).where(same_letters(CostCode.code, code.strip())))


def by_code() -> dict[str, Known]:
    """Every code and division by its number in lower case, in one query and without documents."""
    asked = select(CostCode.id, CostCode.code, CostCode.title, CostCode.is_division)
    return {row.code.lower(): row for row in (Known(*found) for found in db.session.execute(asked))}


def by_number() -> dict[str, CostCode]:
    """All codes that a budget line can stand on, by number in lower case."""
    rows = db.session.scalars(select(CostCode).where(CostCode.is_division.is_(False)))
    return {row.code.lower(): row for row in rows}


def every() -> list[CostCode]:
    """Divisions and codes, in the order of their numbers."""
    return list(db.session.scalars(select(CostCode).order_by(CostCode.code, CostCode.is_division.desc())))


def divisions() -> list[CostCode]:
    """The divisions, in the order of their numbers."""
    return list(db.session.scalars(select(CostCode).where(CostCode.is_division).order_by(CostCode.code)))
