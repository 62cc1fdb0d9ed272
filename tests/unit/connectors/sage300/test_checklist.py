"""What a person keys into Sage: each field as Sage keeps it, what does not fit beside it, and the proposed number."""

from typing import Any

import pytest

from erp.connector import Work
from erp.connectors.sage300.checklist import by_hand, checklist

ADDRESS = {"street": "9 Pier Road", "street2": "", "city": "Bayview", "region": "CA", "postal_code": "94111"}
JOB = {"name": "Pier 9 Sewer Renewal", "number": "251361", "wished_customer": "City of Bayview", **ADDRESS}
COMPANY = {"name": "Harbor Welding", "legal_name": "", "first_name": "Ida", "last_name": "Ray", "phone": "555-0100", "fax": "",
           "email": "ida@x.test", "tax_id": "12-3456789", **ADDRESS}  # fmt: skip
CODE = {"code": "32-1200", "name": "Asphalt paving", "division": "32", "is_division": False}
MASKED = {"sage300": {"shapes": {"job": {"mask": "00-0000"}, "code": {"mask": "00-0000-00", "suffix": "-00"}}}}


def todo(kind: str, payload: dict[str, Any], erp_id: str = "", **settings: Any) -> Any:
    return checklist(Work("add", kind, payload, "", "", refs={"erp_id": erp_id}, settings=settings, system="sage300"))


def test_a_job_has_its_number_in_the_shape_of_sage():
    found = todo("job", JOB, **MASKED)
    assert (found.where, found.number, found.asks) == ("JC > Setup > Jobs", "25-1361", "Job number in Sage")
    assert found.rows == (("Job", "25-1361"), ("Description", "Pier 9 Sewer Renewal"), ("Address 1", "9 Pier Road"),
                          ("City", "Bayview"), ("State", "CA"), ("ZIP", "94111"), ("Customer", "City of Bayview"))  # fmt: skip


def test_what_can_be_no_code_of_sage_is_no_number_but_the_one_it_has_stays():
    assert todo("job", JOB).why_not("25-1361") == ""
    assert todo("job", JOB, **MASKED).why_not("9") == ""
    assert todo("job", JOB).why_not("=1+1").startswith("has signs that no code of Sage has")
    assert todo("job", JOB).why_not("12345678901") == "has 11 signs beside the dividing signs; Sage takes at most 10"
    assert todo("cost_code", CODE).why_not("1-2-3-4-5") == "has 5 sections; Sage takes at most 4"
    assert todo("cost_code", CODE, erp_id="A*").why_not("A*") == ""
    assert todo("company", COMPANY).why_not("AT&T") == ""
    assert todo("company", COMPANY).why_not("A|T") == "has signs that no vendor ID of Sage has"


def test_what_does_not_fit_stands_beside_it():
    found = todo("job", JOB | {"name": "Sewer Renewal between Pier 9 and Pier 10"})
    assert found.rows[1:3] == (
        ("Description", "Sewer Renewal between Pier 9 a"),
        ("Description: does not fit into 30 signs", "nd Pier 10"),
    )
    assert found.name == "Sewer Renewal between Pier 9 a"


def test_a_company_has_no_number_of_ours():
    found = todo("company", COMPANY)
    assert (found.where, found.number, found.name) == ("AP > Setup > Vendors", "", "Harbor Welding")
    assert dict(found.rows)["Contact"] == "Ida Ray"
    assert todo("company", COMPANY, erp_id="HARWEL").rows[0] == ("Vendor", "HARWEL")


def test_a_company_is_called_by_its_legal_name_where_it_has_one():
    assert dict(todo("company", COMPANY | {"legal_name": "Harbor Welding Inc."}).rows)["Name"] == "Harbor Welding Inc."


def test_a_cost_code_has_its_short_name_and_its_shape():
    found = todo("cost_code", CODE | {"short": "Paving"}, **MASKED)
    assert (found.where, found.number) == ("JC > Setup > Standard Cost Codes", "32-1200-00")
    assert found.rows == (("Cost Code", "32-1200-00"), ("Description", "Paving"), ("Division", "32"))
    assert found.name == ""


def test_a_division_groups_and_keeps_its_number_where_no_shape_fits():
    found = todo("cost_code", CODE | {"code": "Division 32!", "division": "", "is_division": True}, **MASKED)
    assert found.number == "Division 32!"
    assert ("Group cost code", "yes: it only groups the codes below it") in found.rows


def test_curly_signs_are_written_as_sage_keeps_them():
    assert dict(todo("job", JOB | {"name": "12″ Pipe – “North”"}).rows)["Description"] == '12" Pipe - "North"'


@pytest.mark.parametrize(("kind", "settings", "is_keyed"), [
    ("company", {}, True), ("cost_code", {}, True), ("job", {}, True), ("job", {"sage300": {"job_records": True}}, False),
    ("job", {"sage300": "broken"}, True), ("sub_job", {}, False), ("budget", {}, False)])  # fmt: skip
def test_companies_and_codes_are_always_keyed_in_and_jobs_unless_they_go_by_file(kind, settings, is_keyed):
    assert by_hand(kind, settings) is is_keyed


def test_settings_that_need_a_correction_still_have_a_checklist():
    assert todo("job", JOB, sage300={"shapes": {"job": {"mask": "!!"}}}).number == "251361"
