"""What a connection to Sage is told once: shapes of codes, categories, dates, layouts, jobs by file, a drop folder."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from erp.connectors.sage300 import dates, layouts, shape_settings, shapes
from erp.connectors.sage300.layouts import Layout
from erp.connectors.sage300.shapes import Shape
from erp.connectors.sage300.text import Unwritable
from erp.signs import UNSEEN

NAME = "sage300"
COST_TYPES = {"L": "Labor", "M": "Material", "E": "Equipment", "S": "Subcontract", "O": "Other"}
WHOLE_PATH = re.compile(r"/|\\\\|[A-Za-z]:[\\/]")


class Misconfigured(Unwritable):
    """The settings cannot be used: `problems` are sentences by field, such as `shapes.job` or `layouts.C`."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("The settings of the connection need a correction. " + " ".join(problems.values()))


@dataclass(frozen=True)
class Settings:
    """`shapes` by field, `categories` cost type -> Sage category ("" when there is none), `layouts` by record."""

    shapes: dict[str, Shape]
    categories: dict[str, str]
    layouts: dict[str, Layout]
    date_format: str = dates.SAGES
    job_records: bool = False
    drop_folder: str = ""

    def category(self, cost_type: str) -> str:
        """The category of a cost type. Raises Unwritable when none was chosen."""
        if found := self.categories.get(cost_type):
            return found
        name = COST_TYPES.get(cost_type, cost_type)
        raise Unwritable(
            f"The cost type {name} has no category in Sage. An ERP administrator chooses one in the connection's settings."
        )

    def data(self) -> dict[str, Any]:
        """As the connection keeps it; `read` of it gives the same settings."""
        return {
            "shapes": {name: shape.data() for name, shape in self.shapes.items()}, "categories": dict(self.categories),
            "layouts": {record: layout.data() for record, layout in self.layouts.items()}, "date_format": self.date_format,
            "job_records": self.job_records, "drop_folder": self.drop_folder,
        }  # fmt: skip


def read(connection_settings: dict[str, Any]) -> Settings:
    """The settings of a connection, with defaults for what was never chosen. Raises Misconfigured."""
    given = connection_settings.get(NAME) or {}
    problems: dict[str, str] = {} if isinstance(given, dict) else {NAME: "They could not be read. Enter them anew."}
    found: dict[str, Any] = {group: _read_group(group, given, problems) for group in GROUPS}
    for name, (default, reader) in SINGLE.items():
        found[name] = _tried(name, reader, given.get(name, default) if isinstance(given, dict) else default, problems)
    if not problems:
        _in_shape(found["shapes"]["category"], found["categories"], problems)
    if problems:
        raise Misconfigured(problems)
    return Settings(**found)


def shape_of(name: str, data: dict[str, Any]) -> Shape:
    """The shape of one field in data whose `why_not` says nothing against it."""
    return shape_settings.read(name, data["shapes"][name])


def shown(connection_settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as data for people to edit; groups that cannot be read begin anew."""
    try:
        return read(connection_settings).data()
    except Misconfigured:
        return _mended(connection_settings.get(NAME))


def _mended(given: Any) -> dict[str, Any]:
    """What can be read of settings that cannot be used; the rest as if it was never chosen."""
    usual = DEFAULT.data()
    if not isinstance(given, dict):
        return usual
    for name in usual:
        alone = {name: given[name]} if name in given else {}
        usual[name] = usual[name] if why_not({NAME: alone}) else read({NAME: alone}).data()[name]
    return usual


def _in_shape(shape: Shape, categories: dict[str, str], problems: dict[str, str]) -> None:
    """Each category is kept as its shape has it."""
    for letter, category in categories.items():
        read_it = partial(shape.written, label=f"Category of {COST_TYPES[letter]}")
        categories[letter] = _tried(f"categories.{letter}", read_it, category, problems) if category else ""


def why_not(connection_settings: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the settings, a sentence by field; empty when they can be used."""
    try:
        read(connection_settings)
    except Misconfigured as refused:
        return refused.problems
    return {}


def _read_group(group: str, given: Any, problems: dict[str, str]) -> dict[str, Any]:
    inside = given.get(group, {}) if isinstance(given, dict) else {}
    known = GROUPS[group]
    if not isinstance(inside, dict) or set(inside) - set(known):
        problems[group] = f"The settings know {group} for {', '.join(known)} only. Enter them anew."
        inside = {}
    return {key: _tried(f"{group}.{key}", reader, inside.get(key), problems) for key, reader in known.items()}


def _tried(name: str, reader: Callable[[Any], Any], value: Any, problems: dict[str, str]) -> Any:
    try:
        return reader(value)
    except Unwritable as refused:
        problems[name] = str(refused)
        return None


def _shape(name: str, data: Any) -> Shape:
    return shape_settings.read(name, {} if data is None else data)


def _category(cost_type: str, data: Any) -> str:
    label = f"Category of {COST_TYPES[cost_type]}"
    value = cost_type if data is None else data
    if not isinstance(value, str):
        raise Unwritable(f"{label} is a text of at most 3 signs. Enter it anew.")
    return Shape("category").written(value, label) if value.strip() else ""


def _job_records(data: Any) -> bool:
    if not isinstance(data, bool):
        raise Unwritable("Jobs by file is switched on or off. Choose one.")
    return data


def _drop_folder(data: Any) -> str:
    if not isinstance(data, str) or UNSEEN.search(data):
        raise Unwritable("Drop folder is the path of a folder. Enter it anew.")
    if data and not WHOLE_PATH.match(data):
        raise Unwritable(f"Drop folder “{data[:60]}” is not a whole path. Begin with / or with a drive, or leave it empty.")
    return data


GROUPS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "shapes": {name: partial(_shape, name) for name in shapes.LIMITS},
    "categories": {letter: partial(_category, letter) for letter in COST_TYPES},
    "layouts": {record: partial(layouts.read, record) for record in layouts.DEFAULTS},
}
SINGLE: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "date_format": (dates.SAGES, dates.read), "job_records": (False, _job_records), "drop_folder": ("", _drop_folder),
}  # fmt: skip
DEFAULT = read({})
