"""The form of a line of a budget; its sub job is chosen among those of the project."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import ValidationError

from erp import sheets
from erp.documents import budget as budgets
from erp.documents import default_types
from erp.documents import sub_job as sub_jobs
from erp.documents.budget import BudgetLine
from erp.documents.project import Project
from erp.documents.sub_job import SubJob
from erp.web.forms import DEFAULT_TYPES, TYPES, Form, options, trimmed


class LineForm(Form):
    """A line of a budget."""

    code = StringField("Cost Code", filters=[trimmed])
    cost_type = SelectField("Cost type", choices=options(TYPES), default="S")
    sub_job = SelectField("Sub Job", coerce=int, default=0)
    amount = StringField("Amount", filters=[trimmed])
    description = StringField("Description", filters=[trimmed])
    minor, exported, keeps_place = 0, 0, False
    now: Mapping[str, str] = {}
    below: Mapping[int, SubJob] = {}

    @classmethod
    def of(cls, project: Project, line: BudgetLine | None = None, **start: Any) -> "LineForm":
        """The form of a line of this project, or of a new one."""
        form = cls(**start)
        form.below = {one.id: one for one in sub_jobs.of(project) if one.active or (line and line.sub_job_id == one.id)}
        form.sub_job.choices = options({0: "None"} | {key: f"{one.number} · {one.name}" for key, one in form.below.items()})
        return form

    @property
    def chosen(self) -> SubJob | None:
        """The sub job that was chosen."""
        return self.below.get(self.sub_job.data or 0)

    @property
    def chose(self) -> bool:
        """Whether the page had the field."""
        return bool(self.sub_job.raw_data)

    def about(self, line: BudgetLine) -> None:
        """Know what accounting has of the line, and after somebody was first, what is saved now where it is not as typed."""
        self.exported, self.keeps_place = budgets.in_accounting(line), budgets.entered(line)
        if self.status == 409:
            there = {self.amount: sheets.plain(line.original), self.description: line.description}
            self.now = {field.label.text: value for field, value in there.items() if value != (field.data or "")}

    def validate_amount(self, field: Field) -> None:
        """Read the amount into minor units."""
        try:
            self.minor = sheets.amount(field.data or "")
        except sheets.AmountRefused as refused:
            raise ValidationError(refused.sentence) from refused


class NewLineForm(LineForm):
    """A new line; without a type the code gets its default types, where there are any."""

    def __init__(self, *args: Any, **options_: Any) -> None:
        super().__init__(*args, **options_)
        if default_types.some():
            self.cost_type.choices = options({"": DEFAULT_TYPES} | TYPES)
            self.cost_type.data = "" if self.cost_type.raw_data is None else self.cost_type.data
