"""People, their levels, and the one table of who may do what."""

from erp.people.access import approvers, decides, erp_admins, may, privileged, why_may_not
from erp.people.rights import RIGHTS, Right
from erp.people.user import Grant, GridRow, Level, Privilege, User

__all__ = ["RIGHTS", "Grant", "GridRow", "Level", "Privilege", "Right", "User", "approvers", "decides", "erp_admins", "may",
           "privileged", "why_may_not"]  # fmt: skip
