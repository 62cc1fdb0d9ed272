"""The forms about people. The boxes of levels, privileges and the grid are read by name; what is not named is left alone."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from flask import request
from wtforms import BooleanField, EmailField, StringField

from erp.kind import KINDS
from erp.people import Level, User
from erp.people.user import COMPANY_TOOLS
from erp.web.forms import Form, trimmed

NEAR = ("America/", "Europe/", "Pacific/Honolulu", "UTC")
ZONES = sorted(zone for zone in available_timezones() if zone.startswith(NEAR) and zone.count("/") < 2)
"""The time zones that are offered; every other can be typed."""
LEVELS = {str(int(level)): level for level in Level}


class UserForm(Form):
    """Who somebody is."""

    name = StringField("Name", filters=[trimmed])
    email = EmailField("E-mail", filters=[trimmed])
    zone = StringField("Time zone", filters=[trimmed], default="UTC", render_kw={"list": "zones", "autocomplete": "off"})
    active = BooleanField("May log in")

    @classmethod
    def of(cls, user: User) -> "UserForm":
        """The form of a person who is there."""
        return cls(obj=user)

    def facts(self) -> dict[str, str]:
        """What a new person needs."""
        return {"name": self.name.data or "", "email": self.email.data or "", "zone": self.zone.data or ""}


class RightsForm(Form):
    """A form whose boxes are read by the functions below."""


def levels(form: Mapping[str, str] | None = None) -> dict[str, Level]:
    """The levels that were posted, by tool."""
    posted = request.form if form is None else form
    asked = {tool: posted.get(f"level-{tool}", "") for tool in COMPANY_TOOLS}
    return {tool: LEVELS[value] for tool, value in asked.items() if value in LEVELS}


def grid() -> dict[str, tuple[bool, bool]]:
    """(Can Import?, Can Export?) of every kind whose row was on the page."""
    shown = [kind for kind in request.form.getlist("kinds") if kind in KINDS]
    return {kind: (f"import-{kind}" in request.form, f"export-{kind}" in request.form) for kind in shown}
