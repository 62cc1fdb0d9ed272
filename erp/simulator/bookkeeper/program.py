"""The program itself: dialogs, open files, backups."""

from __future__ import annotations

from erp.simulator.bookkeeper.doing import set_program
from erp.simulator.company import Company
from erp.simulator.refusals import Refusal


def open_dialog(company: Company) -> None:
    """Leave a modal dialog open: no application gets a session (0x80040414)."""
    set_program(company, "dialog", True)


def close_dialog(company: Company) -> None:
    """Close the dialog."""
    set_program(company, "dialog", False)


def quit_quickbooks(company: Company) -> None:
    """Close QuickBooks: a session needs a file name now (0x80040416)."""
    set_program(company, "running", False)


def start_quickbooks(company: Company) -> None:
    """Start QuickBooks again."""
    set_program(company, "running", True)


def deny(company: Company, hresult: str = "0x80040420") -> None:
    """Refuse the application at the door with this HRESULT; an empty one lets it in again."""
    set_program(company, "denied", hresult)


def open_other_file(company: Company, name: str = "Another Company") -> None:
    """Open another company file; applications now talk to that one."""
    set_program(company, "open_file", name)
    with company.store.transaction() as books:
        if books.fact("company_name") is None:
            books.set_fact("company_name", name)


def open_own_file(company: Company) -> None:
    """Open this company's file again."""
    set_program(company, "open_file", "")


def back_up(company: Company, name: str = "backup") -> None:
    """Copy the company file beside itself."""
    company.home.copy_to(company.path.with_name(f"{company.path.stem}.{name}.qbb"))


def restore(company: Company, name: str = "backup") -> None:
    """Put a copy back in place of the company file."""
    path = company.path.with_name(f"{company.path.stem}.{name}.qbb")
    if not path.exists():
        raise Refusal(f"There is no backup {name!r}.")
    company.home.copy_from(path)
