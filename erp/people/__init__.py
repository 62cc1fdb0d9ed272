"""People, their levels, and the one table of who may do what."""

from erp.people.access import approvers, decides, erp_admins, may, privileged, why_may_not
from erp.people.refused import PersonRefused
from erp.people.rights import RIGHTS, Right
from erp.people.sessions import WebSession
from erp.people.user import Grant, GridRow, Level, Privilege, User

__all__ = ["RIGHTS", "Grant", "GridRow", "Level", "PersonRefused", "Privilege", "Right", "User", "WebSession", "approvers",
           "decides", "erp_admins", "may", "privileged", "why_may_not"]  # fmt: skip
