"""Field rules of Sage: what is refused, with its sentence; what is merely cut is not."""

from typing import Any

import pytest

from erp.connectors.sage300.check import MOST
from erp.connectors.sage300.connector import SAGE300
from tests.unit.connectors.sage300.works import A_JOB, SUB_JOB, budget, line, schedule

LONG = "TEMPORARY RETROFLECTIVE PAVEMENT MARKINGS"
COMPANY = {"name": "Bluewater Plumbing & Heating", "phone": "555-0234"}
CODE = {"code": "32-1200", "name": "Asphalt paving", "division": "32", "is_division": False}


def reasons(kind: str, payload: dict[str, Any], choices: dict[str, Any] | None = None, **settings: Any) -> list[str]:
    """The sentences against a snapshot."""
    return [reason.text for reason in SAGE300.check(kind, payload, choices or {}, {"sage300": settings})]


def of(*lines: dict[str, Any], **settings: Any) -> list[str]:
    """The sentences against a budget of these lines."""
    return reasons("budget", budget(*lines).payload, **settings)


def test_a_budget_of_short_names_can_go() -> None:
    assert of(line(1, 100_00), line(2, -5), line(3, 0)) == []


def test_a_text_that_is_merely_cut_is_not_refused() -> None:
    assert of(line(1, 1, name=LONG)) == []
    assert reasons("job", A_JOB.payload) == []
    assert reasons("company", COMPANY | {"name": LONG}) == []
    assert reasons("cost_code", CODE | {"name": LONG}) == []


def test_names_that_would_be_the_same_are_refused_with_the_count_and_the_cure() -> None:
    (reason,) = SAGE300.check("budget", schedule("2977J", short=False).payload, {}, {})
    assert reason.text == (
        "6 cost codes would have only 3 names in Sage, which keeps 30 signs: SW-11, SW-12 “TELEVISION INSPECTION OF EXIST”; "
        "SW-14, SW-15 “REPLACEMENT OF 6-INCH OR 8-INC”; SW-16, SW-17 “POST-CONSTRUCTION TELEVISION I”. Give them short names."
    )
    assert (reason.url, reason.link) == ("/cost-codes", "See the cost codes")


def test_short_names_cure_it() -> None:
    assert reasons("budget", schedule("2977J").payload) == []
    assert of(line(1, 1, name=f"{LONG} A", code_short="Markings A"), line(2, 1, name=f"{LONG} B")) == []


def test_a_line_of_an_earlier_send_counts_where_names_collide() -> None:
    earlier = line(1, 5_00, name=f"{LONG} A", send=0, send_original=0)
    assert of(earlier, line(2, 1, name=f"{LONG} B"))[0].startswith("2 cost codes would have the same name in Sage")
    assert of(line(1, 0, name=f"{LONG} A"), line(2, 1, name=f"{LONG} B")) == [], "a line of nothing never travels"


def test_a_shorter_layout_makes_more_names_the_same() -> None:
    fields = ["record", "cost_code:12", "cost_code_description:4", "category:3", "date", "amount:8.2", "extra:10"]
    assert of(line(1, 1), line(2, 1), layouts={"C": fields}) == [
        "2 cost codes would have the same name in Sage, which keeps 4 signs: X-1, X-2 “Item”. Give them short names."
    ]


def test_sub_jobs_whose_names_would_be_the_same_are_refused() -> None:
    sides = [
        line(key, 1, sub="R", sub_job_id=key, sub_job=f"R{key}", sub_job_name=f"Roadway, drainage and traffic side {key}")
        for key in (1, 2)
    ]
    assert of(*sides) == [
        "2 sub jobs would have the same name in Sage, which keeps 30 signs: R1, R2 “Roadway, drainage and traffic”. Rename them."
    ]


def test_cost_types_with_one_category_are_refused_where_their_lines_would_collide() -> None:
    lines = [line(1, 1, type="L"), line(2, 1, type="M", code_id=1, code="X-1", code_name="Item 1"), line(3, 1, type="M")]
    assert of(*lines) == []
    assert of(*lines, categories={"M": "L"}) == [
        "2 lines would become 1 in Sage: X-1 Labor and Material both have the category L. An ERP administrator gives each cost type a "
        "category of its own in the settings; or put the amounts on one line."
    ]
    idle = lines[1] | {"send": 0, "send_original": 0}
    assert of(lines[0], idle, categories={"M": "L"}) != [], "Sage has it from an earlier send"
    assert of(*(one | {"sub_job_id": key} for key, one in enumerate(lines)), categories={"M": "L"}) == [], (
        "another extra is another place"
    )


def test_a_cost_type_without_category_is_refused_once() -> None:
    assert of(line(1, 1), line(2, 1), categories={"S": ""}) == [
        "The cost type Subcontract has no category in Sage. An ERP administrator chooses one in the connection's settings."
    ]


@pytest.mark.parametrize("amounts", [(100_000_000_00, 0), (-100_000_000_00, 0), (0, 100_000_000_00)])
def test_an_amount_over_8_digits_is_refused(amounts: tuple[int, int]) -> None:
    (reason,) = of(line(1, *amounts))
    assert reason.startswith("The amount of X-1 (Subcontract) ")
    assert "is too large: Sage takes at most 99,999,999.99 either way in one entry." in reason
    assert of(line(1, 99_999_999_99, -99_999_999_99)) == []


def test_each_file_has_its_own_amount_whatever_both_add_up_to() -> None:
    assert len(of(line(1, 100_000_000_00, -100_000_000_00))) == 2


@pytest.mark.parametrize(("lines", "named"), [
    ([line(1, 1, name="Łódź")], "The name of cost code X-1 “Łódź” has"), ([line(1, 1, name="a\x07b")], "The name of cost code X-1 has a control"),
    ([line(1, 1, code_short="✓")], "The name of cost code X-1 “✓” has"), ([line(1, 1, sub="R", sub_job_name="✓")], "The name of sub job R “✓” has"),
])  # fmt: skip
def test_signs_that_sage_cannot_keep_are_refused_with_the_field(lines: list[dict[str, Any]], named: str) -> None:
    (reason,) = of(*lines)
    assert reason.startswith(named)


def test_what_does_not_travel_is_not_checked() -> None:
    assert of(line(1, 0, name="✓"), line(2, 1)) == []


def test_a_date_that_is_none_is_refused() -> None:
    assert reasons("budget", budget(line(1, 1)).payload, {"date": "soon"}) == [
        "Accounting date: “soon” is no date. Choose one at Accept."
    ]


def test_many_reasons_end_in_a_count() -> None:
    told = of(*(line(key, 10**13) for key in range(MOST + 5)))
    assert len(told) == MOST + 1
    assert told[-1] == "And 5 more like these."


@pytest.mark.parametrize(("kind", "payload", "field", "why"), [
    ("sub_job", SUB_JOB.payload | {"number": "SEWER-WORK-9"}, "Sub job code “SEWER-WORK-9”", "has 12 signs; Sage takes at most 10"),
    ("sub_job", SUB_JOB.payload | {"name": "x" * 31}, "Sub job name “xxx", "has 31 signs; Sage takes at most 30. Shorten it."),
    ("sub_job", SUB_JOB.payload | {"name": "✓"}, "Sub job name “✓”", "cannot keep"), ("job", A_JOB.payload | {"name": "✓"}, "Project name", "cannot keep"),
    ("job", A_JOB.payload | {"number": "1234-567-8901"}, "Job number “1234-567-8901”", "has 11 signs beside the dividing signs"),
    ("company", COMPANY | {"name": "✓"}, "Company name", "cannot keep"), ("company", COMPANY | {"city": "Łódź"}, "City", "cannot keep"),
    ("cost_code", CODE | {"code": "32-1200-000-0"}, "Cost code", "has 13 signs; Sage takes at most 12"),
    ("cost_code", CODE | {"name": "✓"}, "Name", "cannot keep"),
])  # fmt: skip
def test_each_kind_has_its_field_rules(kind: str, payload: dict[str, Any], field: str, why: str) -> None:
    (reason,) = reasons(kind, payload)
    assert reason.startswith(field)
    assert why in reason


def test_codes_are_held_against_the_masks_of_the_connection() -> None:
    shapes = {"job": {"mask": "00-0000-0"}, "extra": {"mask": "AAA"}, "code": {"mask": "00-000000"}}
    for kind, payload in (("job", A_JOB.payload), ("sub_job", SUB_JOB.payload), ("cost_code", CODE)):
        assert "does not fit the mask" in reasons(kind, payload, shapes=shapes)[0]


def test_a_division_needs_no_code_in_sage() -> None:
    assert (
        reasons(
            "cost_code",
            {"code": "32", "name": "Exterior", "division": "", "is_division": True},
            shapes={"code": {"mask": "00-0000"}},
        )
        == []
    )


@pytest.mark.parametrize("kind", ["budget", "sub_job", "job", "company", "cost_code"])
def test_broken_settings_are_one_reason(kind: str) -> None:
    assert reasons(kind, {}, date_format="") == [
        "The settings of the connection need a correction. Date format: write DD, MM and YYYY or YY once each, with the same sign - / . "
        "between them or none; MMDDYYYY is Sage's own."
    ]
