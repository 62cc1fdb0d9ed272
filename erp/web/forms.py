"""The forms of the project tools. What may be saved is decided by the documents; a form only shows their sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from erp import connections
from erp.db import transaction
from erp.documents import company as companies
from erp.documents import project as projects
from erp.documents.company import Company
from erp.documents.cost_code import COST_TYPES, CostCode, divisions
from erp.documents.document import DocumentRefused, StaleDocument
from erp.documents.project import LABELS, SWITCHABLE, Project
from erp.people import Level, PersonRefused


def options(shown: Mapping[Any, str]) -> list[Any]:
    """The choices of a drop-down, value -> words."""
    return [SelectChoice(value, words) for value, words in shown.items()]


LEVELS = options({str(int(level)): level.label for level in Level if level > Level.NONE})
TYPES = {letter: f"{letter} · {name}" for letter, name in COST_TYPES.items()}
DEFAULT_TYPES = "Default types of the code"
MOST_KEY = 2**31 - 1
BY_SHAPE, NO_DIVISION = "auto", "none"


def trimmed(text: Any) -> str:
    """The text without blanks around it."""
    return text.strip(" \t\r\n\u00a0") if isinstance(text, str) else ""


def _text(label: str) -> StringField:
    return StringField(label, filters=[trimmed])


class Posted(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every form here is: fields with a token of the session."""


class Form(Posted):
    """A form that knows which version of its document the page showed, and what was against saving it."""

    version = IntegerField(validators=[Optional(), NumberRange(0, MOST_KEY)], widget=HiddenInput())
    status = 422
    refused = ""

    def saves(self, save: Callable[[], Any]) -> bool:
        """Validate, then save in one transaction; a refusal of the document stands at its field afterwards."""
        if not self.validate():
            return False
        try:
            with transaction():
                save()
        except StaleDocument as stale:
            self.status, self.refused = 409, stale.sentence
        except DocumentRefused as refused:
            self._blame(refused)
        except PersonRefused as refused:
            self._blame(DocumentRefused(refused.sentence, refused.field))
        return not self.refused and not self.errors

    def shows(self, version: int) -> None:
        """From now on the page shows this version of the document."""
        self.version.data, self.version.raw_data = version, None

    def _blame(self, refused: DocumentRefused) -> None:
        blamed: Field | None = self._fields.get(refused.field)
        if blamed is None:
            self.refused = refused.sentence
        else:
            blamed.errors = [*blamed.errors, refused.sentence]


class Locking:
    """What a form shows of fields that cannot be changed now; `never_grey` are drawn as they are all the same."""

    standing: list[str] = []
    never_grey: tuple[str, ...] = ()

    def lock(self: Any, against: Mapping[str, str]) -> None:
        """Show why a field cannot be changed, a reason of many once above them; the document refuses anyway."""
        said = list(against.values())
        self.standing = [sentence for sentence in dict.fromkeys(said) if said.count(sentence) > 1]
        for name, sentence in against.items():
            self[name].description = "" if sentence in self.standing else sentence
            self[name].render_kw = {"readonly": True} if name not in self.never_grey else {}


class Checkboxes(SelectMultipleField):
    """Several ticks of one list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProjectForm(Locking, Form):
    """Create or edit a project."""

    never_grey = ("connection_id",)
    number = _text(LABELS["number"])
    title = _text(LABELS["title"])
    street = _text(LABELS["street"])
    street2 = _text(LABELS["street2"])
    city = _text(LABELS["city"])
    region = _text(LABELS["region"])
    postal_code = _text(LABELS["postal_code"])
    connection_id = SelectField(LABELS["connection_id"], coerce=int)
    wished_customer = _text(LABELS["wished_customer"])
    erp_integrated = BooleanField(LABELS["erp_integrated"])
    tools = Checkboxes(LABELS["tools"], choices=options(SWITCHABLE))
    approver_ids = SelectMultipleField(LABELS["approver_ids"], coerce=int)

    @classmethod
    def of(cls, project: Project | None = None) -> "ProjectForm":
        """The form of a project, or of a new one with the only connection chosen."""
        there = connections.every()
        start = {"erp_integrated": True, "tools": ["budget"], "connection_id": there[0].id if len(there) == 1 else 0}
        form = cls(obj=project, data=None if project else start)
        form.connection_id.choices = options({0: "Not linked"} | {row.id: row.title for row in there})
        named = list(project.approver_ids) if project else []
        form.approver_ids.choices = options({user.id: user.name for user in projects.possible_approvers(named)})
        form.lock(projects.locked(project) if project else {})
        return form

    def values(self) -> dict[str, Any]:
        """What the document is to become."""
        ticked = self.tools.data or []
        values = {name: self[name].data for name in LABELS}
        return values | {"connection_id": self.connection_id.data or None, "tools": [t for t in SWITCHABLE if t in ticked]}

    def shown(self, name: str, value: Any) -> str:
        """A value of the document as the form would show it."""
        words = {choice.value: choice.label for choice in getattr(self[name], "choices", None) or []}
        if isinstance(value, bool):
            return "yes" if value else "no"
        values = value if isinstance(value, list) else [value or 0] if words else [value]
        return ", ".join(str(words.get(one, one)) for one in values) or "nothing"


class TeamForm(Form):
    """The grid of a team; its drop-downs are read by the view, one per person and tool."""


class PersonForm(Form):
    """Add a person to a team."""

    email = _text("E-mail")
    level = SelectField("Level on every tool", choices=LEVELS)


class CostCodeForm(Form):
    """Add or edit a standard cost code."""

    code = _text("Code")
    name = _text("Name")
    short = _text("Abbreviation")
    division = SelectField("Division")

    @classmethod
    def of(cls, code: CostCode | None = None) -> "CostCodeForm":
        """The form of a code, or of a new one."""
        form = cls(data=_code_data(code))
        shape = {BY_SHAPE: "By the shape of the code", NO_DIVISION: "No division"}
        form.division.choices = options(shape | {f"={row.code}": f"{row.code} · {row.name}" for row in divisions()})
        return form

    @property
    def wanted(self) -> str | None:
        """The division as the document takes it: None by shape, "" none."""
        chosen = self.division.data or BY_SHAPE
        return None if chosen == BY_SHAPE else "" if chosen == NO_DIVISION else chosen[1:]


def _code_data(code: CostCode | None) -> dict[str, Any]:
    if code is None:
        return {"division": BY_SHAPE}
    division = f"={code.division.code}" if code.division else NO_DIVISION
    return {"code": code.code, "name": code.name, "short": code.short, "version": code.version, "division": division}


class CompanyForm(Form):
    """Add or edit a company of the Directory."""

    title = _text(companies.LABELS["title"])
    legal_name = _text(companies.LABELS["legal_name"])
    first_name = _text(companies.LABELS["first_name"])
    last_name = _text(companies.LABELS["last_name"])
    street = _text(companies.LABELS["street"])
    street2 = _text(companies.LABELS["street2"])
    city = _text(companies.LABELS["city"])
    region = _text(companies.LABELS["region"])
    postal_code = _text(companies.LABELS["postal_code"])
    phone = _text(companies.LABELS["phone"])
    fax = _text(companies.LABELS["fax"])
    email = _text(companies.LABELS["email"])
    tax_id = _text(companies.LABELS["tax_id"])
    types = Checkboxes(companies.LABELS["types"], choices=options({name: name for name in companies.TYPES}))
    active = BooleanField(companies.LABELS["active"])

    @classmethod
    def of(cls, company: Company | None = None) -> "CompanyForm":
        """The form of a company, or of a new one."""
        return cls(obj=company, data=None if company else {"active": True})

    def values(self) -> dict[str, Any]:
        """What the company is to become."""
        ticked = self.types.data or []
        return {name: self[name].data for name in companies.LABELS} | {"types": [t for t in companies.TYPES if t in ticked]}

    def shown(self, name: str, value: Any) -> str:
        """A value of the company as the form would show it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return (", ".join(value) if isinstance(value, list) else value) or "nothing"


class FileForm(Form):
    """Choose a table."""

    file = FileField("File", [InputRequired("Choose a CSV or XLSX file.")])


class MappingForm(Form):
    """Which column is what. It is sent by GET, so that the preview has a URL of its own."""

    class Meta:
        csrf = False

    def columns(self, header: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        """Offer the columns of a file."""
        for name, shown in self._fields.items():
            if isinstance(shown, ColumnField):
                none = {"": "Not in the file"} if name in optional else {}
                shown.choices = options(none | {str(place): text for place, text in enumerate(header)})

    def query(self) -> dict[str, str]:
        """The mapping as the arguments of a URL."""
        values = {name: "y" if value is True else value for name, value in self.data.items()}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def column(self, name: str) -> int | None:
        """The chosen column, counted from 0."""
        return int(self[name].data) if self[name].data else None


class ColumnField(SelectField):
    """A drop-down of the file's columns."""


class BudgetMappingForm(MappingForm):
    """The columns of a budget."""

    code = ColumnField("Cost code")
    description = ColumnField("Description")
    amount = ColumnField("Amount")
    type = ColumnField("Cost type")
    sub_job = ColumnField("Sub Job")
    default_type = SelectField("Default cost type", choices=options({"": "None"} | TYPES), default="S")
    replace = BooleanField("Replace all lines")


def start(found: Mapping[str, int]) -> dict[str, str]:
    """The drop-downs of columns before somebody chose: what was guessed, else nothing."""
    return dict.fromkeys(("description", "type", "division", "short", "sub_job"), "") | {
        name: str(place) for name, place in found.items()
    }


class CodeMappingForm(MappingForm):
    """The columns of a list of cost codes."""

    code = ColumnField("Code")
    name = ColumnField("Name")
    division = ColumnField("Division")
    short = ColumnField("Abbreviation")


class ImportForm(Form):
    """Import what the preview shows."""

    leave_out = BooleanField("Leave out the rows with errors")


def key(text: str) -> int:
    """The number of a row that somebody posted; raises ValueError for what cannot be one."""
    number = int(text)
    if not 0 < number <= MOST_KEY:
        raise ValueError(text)
    return number


def done(sentence: str) -> None:
    """Say on the next page what was done."""
    flash(sentence, "good")
