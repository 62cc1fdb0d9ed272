"""The daily summary at full size: 400 days in eight zones with a clock that is killed, and fifty approvers with 10,000 items."""

from datetime import date, timedelta

import pytest

from erp.db import transaction
from erp.items.perform import send
from tests.crowd import everybody_is_told_once
from tests.days import Days
from tests.house import move_in

once = pytest.mark.skipif("config.getoption('--seed') is not None", reason="one history is replayed")


@once
@pytest.mark.parametrize("start", [date(2017, 9, 1), date(2026, 2, 1)], ids=["with São Paulo's summer time", "today's rules"])
def test_for_400_days_each_of_eight_zones_gets_exactly_one_on_each_day_on_which_something_waited(start: date) -> None:
    with move_in() as house:
        with transaction():
            item = send("job", house.connection, house.pier, house.pam)
        days = Days(item, start.toordinal(), restless=1 / 150, tick=timedelta(minutes=30))
        days.live(start, 400)
        assert len(days.expected) > 400 * 8


@once
def test_fifty_approvers_and_ten_thousand_items_are_fifty_mails(capsys: pytest.CaptureFixture[str]) -> None:
    with move_in() as house:
        took = everybody_is_told_once(house.app, house.connection, house.pam, approvers=48, items=10_000)
    with capsys.disabled():
        print(f" {took} ", end="")
