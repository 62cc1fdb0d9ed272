"""Guessing which column is what."""

from erp.sheets import guess


def test_a_city_schedule_of_values_is_understood() -> None:
    header = ("bid_item", "description", "unit", "qty", "unit_price", "amount")
    assert guess(header, ("code", "description", "amount", "type")) == {"code": 0, "description": 1, "amount": 5}


def test_capitals_dots_and_blanks_do_not_matter() -> None:
    assert guess((" Cost-Code ", "Cost Type", "ORIGINAL BUDGET"), ("code", "amount", "type")) == {
        "code": 0,
        "type": 1,
        "amount": 2,
    }


def test_a_name_within_a_longer_heading_is_found_last() -> None:
    header = ("Line item", "Cost code (CSI)", "Revised total amount", "Work description")
    assert guess(header, ("code", "description", "amount")) == {"code": 1, "description": 3, "amount": 2}


def test_no_column_is_taken_twice() -> None:
    assert guess(("Code", "Name"), ("code", "name", "division")) == {"code": 0, "name": 1}
    assert guess(("Description", "Title"), ("name", "description")) == {"name": 0, "description": 1}


def test_unknown_headings_are_left_to_the_person() -> None:
    assert guess(("Foo", "Bar"), ("code", "amount")) == {}
