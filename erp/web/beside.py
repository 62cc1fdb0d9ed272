"""What stands beside every document: the thread of comments and the files, for the PM's page and for Details alike."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_login import current_user

from erp.documents import attachments, comments
from erp.documents.attachments import Attachment
from erp.documents.comments import Comment
from erp.items import Item
from erp.kind import Kind, Reason
from erp.web.session import local


@dataclass(frozen=True)
class Beside:
    """Everything both parts show. `item` is there in Details only; `text` and `refused` are what could not be taken."""

    kind: Kind
    document: Any
    comments: list[Comment]
    attachments: list[Attachment]
    why_not_attach: list[Reason]
    why_not_remove: list[Reason]
    back: str
    item: Item | None = None
    opened: str = ""
    text: str = ""
    refused: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address that both parts post below."""
        return f"/documents/{self.kind.slug}/{self.document.id}"


def beside(kind: Kind, document: Any, item: Item | None = None, **context: Any) -> Beside:
    """What stands beside this document for this reader."""
    return Beside(kind, document, comments.of(document), attachments.of(document),
                  attachments.why_not_attach(kind, document, current_user), attachments.why_not_remove(document),
                  _back(), item, **context)  # fmt: skip


def _back() -> str:
    """The page where the reader is: what it posted, or its own address."""
    return local(request.form.get("back")) if request.method == "POST" else request.full_path.rstrip("?")
