"""What the lists of documents share: how many pages there are, and where each document stands on each connection."""

from collections.abc import Sequence

from sqlalchemy import select

from erp.db import db
from erp.documents.document import Document
from erp.items import Item


def pages(found: int, size: int) -> int:
    """How many pages of this size so many rows fill; one when there is none."""
    return max(1, -(-found // size))


def items_of(kind: str, documents: Sequence[Document]) -> dict[tuple[int, int], Item]:
    """(document id, connection id) -> the item, for documents that were ever sent."""
    asked = select(Item).where(Item.kind == kind, Item.document_id.in_([document.id for document in documents]))
    return {(item.document_id, item.connection_id): item for item in db.session.scalars(asked)}
