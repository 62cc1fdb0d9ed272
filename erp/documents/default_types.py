"""Default Cost Types: the types that a standard cost code gets when it is added to a project's budget."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from erp import audit
from erp.db import Base, db, refers
from erp.documents.cost_code import COST_TYPES, CodeRefused, CostCode
from erp.documents.cost_code_list import fits
from erp.people import User


class DefaultType(Base):
    """A standard cost code has this type by default."""

    __tablename__ = "default_cost_types"

    code_id: Mapped[int] = refers("cost_codes.id", primary_key=True)
    cost_type: Mapped[str] = mapped_column(String(1), primary_key=True)


def of(codes: Collection[int]) -> dict[int, str]:
    """The letters of each of these codes in the order of the types, such as "LM"; a code without any is not there."""
    return _letters(select(DefaultType.code_id, DefaultType.cost_type).where(DefaultType.code_id.in_(codes)))


def by_number() -> dict[str, str]:
    """The letters of every code that has any, by its number in lower case."""
    found = _letters(select(CostCode.code, DefaultType.cost_type).join(DefaultType, DefaultType.code_id == CostCode.id))
    return {number.lower(): letters for number, letters in found.items()}


def _letters(asked: Any) -> dict[Any, str]:
    found: dict[Any, set[str]] = {}
    for key, letter in db.session.execute(asked):
        found.setdefault(key, set()).add(letter)
    return {key: in_order(letters) for key, letters in found.items()}


def in_order(letters: Iterable[str]) -> str:
    """The letters in the order of the types."""
    return "".join(letter for letter in COST_TYPES if letter in set(letters))


def some() -> bool:
    """Whether any code has a default type."""
    return db.session.scalar(select(DefaultType.code_id).limit(1)) is not None


def full(words: str = "") -> set[str]:
    """The types that every code has whose number, name or division has the words in it."""
    codes = set(_codes(words))
    return {letter for letter in COST_TYPES if codes and codes <= _having(letter)}


def choose(code: CostCode, letter: str, on: bool, actor: User) -> bool:
    """Give the code this type by default, or take it; whether that changed anything. Raises CodeRefused."""
    _refuse(letter)
    if code.is_division:
        raise CodeRefused(f"{code.code} is a division and never a line of a budget. Choose types for the codes below it.")
    return bool(_set([code.id], letter, on, actor))


def choose_all(letter: str, on: bool, actor: User, words: str = "") -> int:
    """The same for every code whose number, name or division has the words in it; the number that changed."""
    _refuse(letter)
    return _set(_codes(words), letter, on, actor)


def _refuse(letter: str) -> None:
    if letter not in COST_TYPES:
        raise CodeRefused("Choose one of the cost types L, M, E, S and O.")


def _codes(words: str) -> list[int]:
    return list(db.session.scalars(select(CostCode.id).where(CostCode.is_division.is_(False), fits(words)).order_by(CostCode.id)))


def _having(letter: str) -> set[int]:
    return set(db.session.scalars(select(DefaultType.code_id).where(DefaultType.cost_type == letter)))


def _set(codes: Collection[int], letter: str, on: bool, actor: User) -> int:
    """Change those that are otherwise, each with an event of its own, in few statements however many they are."""
    there = _having(letter)
    changed = [key for key in codes if (key in there) != on]
    if changed and on:
        db.session.execute(insert(DefaultType), [{"code_id": key, "cost_type": letter} for key in changed])
    if changed and not on:
        db.session.connection().execute(_TAKEN, [{"its_code": key, "its_type": letter} for key in changed])
    audit.record_all((f"document:{key}" for key in changed), "default_types", actor, {"type": letter, "on": on})
    return len(changed)


_TABLE = DefaultType.__table__
_TAKEN = delete(_TABLE).where(_TABLE.c.code_id == bindparam("its_code"), _TABLE.c.cost_type == bindparam("its_type"))
