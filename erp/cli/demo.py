"""`flask demo`: invented people and a contractor's data for the first start, only on this machine."""

from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import select

from erp.audit import System
from erp.cli.user import give
from erp.cli.user import make as make_user
from erp.connections import Connection
from erp.connectors.quickbooks.setup import file_for
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, transaction
from erp.documents import budget, company, cost_code, project
from erp.documents.project import Project
from erp.people import Level, User
from erp.people.login import find
from erp.people.user import CREATE_PROJECT, PUSH

PASSWORD = "countersign"
ZONE = "America/Los_Angeles"
READ, STANDARD, ADMIN = Level.READ, Level.STANDARD, Level.ADMIN

PEOPLE: tuple[tuple[str, str, str, dict[str, Level], tuple[str, ...]], ...] = (
    ("Pam Ortiz", "pam", "project manager", {"directory": STANDARD, "company_admin": STANDARD}, (CREATE_PROJECT,)),
    ("Ann Archer", "ann", "accounting approver", {"erp": STANDARD}, (PUSH,)),
    ("Bob Lindqvist", "bob", "accounting approver", {"erp": STANDARD}, (PUSH,)),
    ("Stan Moreau", "stan", "accountant without the privilege", {"erp": STANDARD}, ()),
    ("Adam Reyes", "adam", "ERP administrator; sends cost codes", {"erp": ADMIN, "company_admin": ADMIN}, ()),
    ("Olga Petrenko", "olga", "owner of the deployment", {"directory": ADMIN}, ()),
)
LOGINS = [{"name": name, "does": does, "email": f"{short}@demo.test", "password": PASSWORD} for name, short, does, _, _ in PEOPLE]

CODES = (
    ("01-3100", "Project management and coordination"), ("01-5500", "Traffic control"), ("01-7100", "Survey and layout"),
    ("02-4100", "Demolition"), ("03-1000", "Concrete forming"), ("03-2000", "Reinforcing steel"),
    ("03-3000", "Cast-in-place concrete"), ("05-1200", "Structural steel framing"), ("07-5000", "Membrane roofing"),
    ("09-2900", "Gypsum board"), ("22-1000", "Plumbing piping"), ("26-0500", "Electrical"), ("31-2300", "Excavation and fill"),
    ("32-1200", "Asphalt paving"), ("32-1600", "Curbs, gutters and sidewalks"), ("33-3100", "Sanitary sewer piping"),
)  # fmt: skip
DIVISIONS = {
    "01": "General requirements", "02": "Existing conditions", "03": "Concrete", "05": "Metals", "07": "Thermal and moisture",
    "09": "Finishes", "22": "Plumbing", "26": "Electrical", "31": "Earthwork", "32": "Exterior improvements", "33": "Utilities",
}  # fmt: skip
PROJECTS = (
    ("25-1355", "Sunset Grove Streetscape", "1800 Sunset Grove Ave", "City of Bayview"),
    ("25-1372", "Library Annex", "410 Orchard Street", "City of Bayview"),
    ("25-1384", "Fire Station 12 Roof", "77 Mill Creek Road", "Harbor Unified School District"),
)
COMPANIES: tuple[dict[str, Any], ...] = (
    {"title": "Cascade Roofing Systems", "legal_name": "Cascade Roofing Systems, Inc.", "first_name": "Noor",
     "last_name": "Haddad", "street": "2210 Depot Street", "city": "Bayview", "postal_code": "94112", "phone": "555-0312",
     "email": "office@cascade-roofing.test", "tax_id": "94-3382107", "types": ["Subcontractor"]},
    {"title": "Tidewater Ready Mix", "first_name": "Owen", "last_name": "Castillo", "street": "85 Quarry Road",
     "city": "Old Harbor", "postal_code": "94931", "phone": "555-0326", "fax": "555-0327",
     "email": "dispatch@tidewater-mix.test", "tax_id": "94-2217755", "types": ["Supplier"]},
    {"title": "Redwood Survey & Layout", "street": "14 Alder Court", "city": "Lakeside", "postal_code": "95453",
     "phone": "555-0338", "email": "maps@redwood-survey.test", "types": ["Consultant"]},
    {"title": "Delgado Electric", "street": "700 Foundry Way", "city": "Bayview", "postal_code": "94107", "phone": "555-0212",
     "tax_id": "94-1150943", "types": ["Subcontractor"]},
    {"title": "Bayview Port Authority", "street": "1 Pier Road", "city": "Bayview", "postal_code": "94111",
     "phone": "555-0122", "types": ["Public authority"]},
)  # fmt: skip
"""One has the name of a vendor of the demo's company file, one that of a customer."""
LINES = (("01-3100", "L", 4_812_000), ("02-4100", "S", 7_340_050), ("03-3000", "M", 18_255_000), ("26-0500", "S", 22_410_075))


@click.command("demo", help="Make the demo people and data, once; prints the logins.")
@click.option("--base-url", default="http://localhost:8000", show_default=True)
@click.option("--qwc", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--password-file", type=click.Path(dir_okay=False, path_type=Path))
def command(base_url: str, qwc: Path | None, password_file: Path | None) -> None:
    """Idempotent: a second run only prints the logins."""
    if not current_app.config["ERP_DEMO"]:
        raise click.ClickException("The demo needs ERP_DEMO=1 and a loopback HOST; its passwords are known to everybody.")
    if find("pam@demo.test") is None:
        with transaction():
            _people()
            _data()
            password = _connection(base_url)
        _write(qwc, password_file, password)
    _move(base_url, qwc)
    for login in LOGINS:
        click.echo(f"  {login['email']:18} {login['password']:14} {login['name']}, {login['does']}")


def _people() -> None:
    for name, short, _, levels, privileges in PEOPLE:
        user = make_user(f"{short}@demo.test", name, PASSWORD, owner=short == "olga", zone=ZONE, **levels)
        for privilege in privileges:
            give(user, privilege)


def _data() -> None:
    pam, adam = _person("pam"), _person("adam")
    for number, name in DIVISIONS.items():
        cost_code.create_division(adam, number, name)
    for number, name in CODES:
        cost_code.create(adam, number, name)
    for number, name, street, customer in PROJECTS:
        project.create(pam, number=number, title=name, street=street, city="Bayview", region="CA", postal_code="94110",
                       wished_customer=customer)  # fmt: skip
    for values in COMPANIES:
        company.create(pam, region="CA", **values)
    _budget(pam)


def _budget(pam: User) -> None:
    annex = db.session.scalars(select(Project).where(Project.number == "25-1372")).one()
    made, known = budget.open_for(annex, pam), cost_code.by_number()
    for number, kind, amount in LINES:
        budget.add_line(made, known[number], kind, amount)


def _person(short: str) -> User:
    found = find(f"{short}@demo.test")
    assert found is not None
    return found


def _connection(base_url: str) -> str:
    connection, password = make_connection("Harbor & Hill Builders", "quickbooks", base_url, System("demo"))
    for row in db.session.scalars(select(Project)):
        row.connection_id = connection.id
    return password


def _write(qwc: Path | None, password_file: Path | None, password: str) -> None:
    if password_file:
        password_file.touch(0o600)
        password_file.write_text(password)
    if qwc:
        qwc.write_text(file_for(_first()), newline="")


def _move(base_url: str, qwc: Path | None) -> None:
    """The port may differ from the last start; the simulated Web Connector must find us."""
    connection = _first()
    if connection.base_url != base_url.rstrip("/"):
        with transaction():
            connection.base_url = base_url.rstrip("/")
        if qwc:
            qwc.write_text(file_for(connection), newline="")


def _first() -> Connection:
    return db.session.scalars(select(Connection).order_by(Connection.id).limit(1)).one()
