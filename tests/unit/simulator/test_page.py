"""The simulated QuickBooks' own page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from erp.simulator.page import PAGES, create_page
from erp.simulator.running import Timer
from tests.unit.simulator.talk import Talk, line

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def timer(company: Company, tmp_path: Path) -> Timer:
    return Timer(company, tmp_path / "connection.qwc", tmp_path / "password", 2.0)


@pytest.fixture
def client(company: Company, timer: Timer) -> FlaskClient:
    return create_page(company, timer).test_client()


@pytest.fixture(autouse=True)
def estimate(ask: Talk) -> None:
    ask.estimate(line("<Amount>1234.50</Amount>") + line("<Amount>-34.50</Amount>"), "<RefNumber>B-1</RefNumber>")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_page_says_that_this_is_a_simulation(client: FlaskClient, page: str) -> None:
    answer = client.get(f"/{page}")
    assert answer.status_code == 200
    assert "This is a simulation." in answer.text
    assert "Simulated QuickBooks</title>" in answer.text


@pytest.mark.parametrize("page", sorted(PAGES))
def test_pages_have_neither_script_nor_inline_style(client: FlaskClient, page: str) -> None:
    answer = client.get(f"/{page}")
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_field_has_its_own_label(client: FlaskClient, page: str) -> None:
    text = client.get(f"/{page}").text
    fields = re.findall(r'<(?:input|select)(?! type="hidden")[^>]*? id="([^"]+)"', text)
    assert sorted(fields) == sorted(re.findall(r'<label for="([^"]+)"', text))
    assert len(set(fields)) == len(fields)


def test_the_first_page_shows_customers_with_their_jobs(client: FlaskClient) -> None:
    answer = client.get("/", follow_redirects=True)
    assert 'class="level-1"' in answer.text
    assert answer.text.index("City of Bayview") < answer.text.index("Library")


def test_estimates_show_their_lines_and_total_as_money(client: FlaskClient) -> None:
    text = client.get("/estimates").text
    assert all(money in text for money in ("$1,234.50", "-$34.50", "$1,200.00"))


def test_a_deed_is_done_and_reported(client: FlaskClient, company: Company) -> None:
    form = {"back": "customers", "customer": "City of Bayview", "name": "Annex"}
    answer = client.post("/deeds/add-job", data=form, headers=HERE, follow_redirects=True)
    assert "Done." in answer.text
    assert "City of Bayview:Annex" in [row["full_name"] for row in views.customers(company)]


def test_a_refused_deed_says_why(client: FlaskClient) -> None:
    form = {"back": "vendors", "name": "City of Bayview", "Phone": ""}
    answer = client.post("/deeds/add-vendor", data=form, headers=HERE, follow_redirects=True)
    assert "Refused with 3100" in answer.text
    assert "<h1>Vendors</h1>" in answer.text


def test_switches_switch(client: FlaskClient, company: Company) -> None:
    for value, expected in (("off", False), ("on", True)):
        client.post("/deeds/prefer", data={"name": "estimates", "value": value}, headers=HERE)
        assert views.preferences(company)["estimates"] is expected


def test_the_closing_date_can_be_set_and_emptied(client: FlaskClient, company: Company) -> None:
    for value in ("2026-09-30", ""):
        client.post("/deeds/prefer", data={"name": "closing_date", "value": value}, headers=HERE)
        assert views.preferences(company)["closing_date"] == value


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 302),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({}, 403),
    ],
)
def test_only_this_page_may_send_forms(client: FlaskClient, company: Company, headers: dict[str, str], status: int) -> None:
    answer = client.post("/deeds/delete-estimate", data={"estimate": "B-1"}, headers=headers)
    assert answer.status_code == status
    assert len(views.estimates(company)) == (0 if status == 302 else 1)


def test_a_foreign_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/customers", headers={"Host": "evil.example"}).status_code == 400


def test_unknown_pages_and_deeds_are_not_found(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.post("/deeds/fly", headers=HERE).status_code == 404


def test_names_are_escaped(client: FlaskClient, company: Company) -> None:
    bookkeeper.add_vendor(company, "<script>alert(1)</script>")
    assert "<script>" not in client.get("/vendors").text


def test_an_update_waits_for_its_files(client: FlaskClient) -> None:
    assert "not there yet" in client.post("/updates", headers=HERE, follow_redirects=True).text


def test_the_cookie_does_not_meddle_with_other_applications_of_this_host(client: FlaskClient) -> None:
    answer = client.post("/deeds/unlock", data={}, headers=HERE)
    assert answer.headers["Set-Cookie"].startswith("simulated_quickbooks=")
