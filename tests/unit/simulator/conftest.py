"""A small company file with a clock that stands still, and a short way to talk qbXML to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from erp.simulator import bookkeeper, demo
from erp.simulator.company import Company
from tests.unit.simulator.talk import Clock, Talk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def company(tmp_path: Path, clock: Clock) -> Company:
    company = demo.create(Company(tmp_path / "company.sqlite", clock), "Test Builders")
    bookkeeper.add_account(company, "Construction Income", "Income", "4000")
    bookkeeper.add_account(company, "Subcontracts", "CostOfGoodsSold", "5200")
    bookkeeper.add_account(company, "Accounts Payable", "AccountsPayable", "2000")
    bookkeeper.add_customer(company, "City of Bayview")
    bookkeeper.add_job(company, "City of Bayview", "Library")
    bookkeeper.add_vendor(company, "Delgado Electric")
    bookkeeper.add_item(company, "03", "Construction Income", "Subcontracts", description="Concrete")
    bookkeeper.add_item(company, "03-300", "Construction Income", "Subcontracts", "03", "Cast-in-place")
    return company


@pytest.fixture
def ask(company: Company) -> Talk:
    return Talk(company)
