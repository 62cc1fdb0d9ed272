"""The list of the Directory: a page of companies, and where each stands on each connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from erp.db import db
from erp.documents import words as texts
from erp.documents.company import Company
from erp.documents.listed import items_of, pages
from erp.items import Item

A_PAGE = 100
SEARCHED = (Company.title, Company.legal_name, Company.first_name, Company.last_name, Company.city, Company.phone, Company.email,
            Company.tax_id)  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """One page of companies, the number of all that fit the filter, and the items by (company id, connection id)."""

    companies: Sequence[Company]
    found: int
    page: int
    items: dict[tuple[int, int], Item]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages(self.found, A_PAGE)


def listing(words: str = "", page: int = 1) -> Listing:
    """A page of the companies that have the words in a name, town, phone, e-mail or tax id; by name, those in use first."""
    fits = _fits(words)
    found = db.session.scalar(select(func.count()).select_from(Company).where(fits)) or 0
    page = min(max(1, page), pages(found, A_PAGE))
    asked = select(Company).where(fits).order_by(Company.active.desc(), func.lower(Company.title), Company.id)
    companies = list(db.session.scalars(asked.offset((page - 1) * A_PAGE).limit(A_PAGE)))
    return Listing(companies, found, page, items_of("company", companies))


def _fits(words: str) -> ColumnElement[bool]:
    return or_(*(column.ilike(texts.like(words), escape="!") for column in SEARCHED))
