"""Mail: who is told what, as rows of an outbox that the postman empties."""

from erp.mail.choices import choose, chosen
from erp.mail.outbox import Letter, Mail, again, compose, inbox, message_id, one_line, post, stuck, write
from erp.mail.told import REJECTED_MANY, ROLES, TOLD, Told, exact, roles, told
from erp.mail.wishes import Wish, usual, wish_of, wishes

__all__ = ["REJECTED_MANY", "ROLES", "TOLD", "Letter", "Mail", "Told", "Wish", "again", "choose", "chosen", "compose",
           "exact", "inbox", "message_id", "one_line", "post", "roles", "stuck", "told", "usual", "wish_of", "wishes",
           "write"]  # fmt: skip
