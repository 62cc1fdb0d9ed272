"""The list of standard cost codes: a page of it, and where each code stands on each connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from erp.db import db
from erp.documents.cost_code import CostCode
from erp.documents.listed import items_of, pages
from erp.documents.words import like
from erp.items import Item

A_PAGE = 500


@dataclass(frozen=True)
class Listing:
    """One page of codes, the number of all that fit the filter, the items by (code id, connection id), how many a page holds."""

    codes: Sequence[CostCode]
    found: int
    page: int
    items: dict[tuple[int, int], Item]
    most: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages(self.found, self.most)


def listing(words: str = "", page: int = 1, most: int = 0) -> Listing:
    """A page of the codes whose number, name or division has the words in it; divisions stand above their codes."""
    fitting, most = fits(words), most or A_PAGE
    found = db.session.scalar(select(func.count()).select_from(CostCode).where(fitting)) or 0
    page = min(max(1, page), pages(found, most))
    order = (func.coalesce(_heading(), CostCode.code), CostCode.is_division.desc(), CostCode.code)
    asked = select(CostCode).options(joinedload(CostCode.division)).where(fitting).order_by(*order)
    codes = list(db.session.scalars(asked.offset((page - 1) * most).limit(most)))
    return Listing(codes, found, page, items_of("cost_code", codes), most)


def _heading() -> ColumnElement[str]:
    above = CostCode.__table__.alias("above")
    return select(above.c.code).where(above.c.id == CostCode.division_id).scalar_subquery()


def fits(words: str) -> ColumnElement[bool]:
    """Whether a code has the words in its number, its name or its division."""
    columns = (CostCode.code, CostCode.title, func.coalesce(_heading(), ""))
    return or_(*(column.ilike(like(words), escape="!") for column in columns))
