"""Where the histories begin: an organisation that is half way through its work."""

from functools import cache

from erp.cli.user import give, make
from erp.db import transaction
from erp.documents import budget, cost_code, project
from erp.exchanges.refresh import refresh_costs
from erp.people import Level
from erp.people.user import PUSH
from tests.house import CODES, CUSTOMER, House, move_in

PROJECTS = 16
MORE_CODES = (("32-1700", "Pavement markings"), ("34-7100", "Guard rails"))


@cache
def grown() -> None:
    """Half of the projects and the codes are in accounting, most of those projects have a budget, two of them synced and
    read back: there is work to do."""
    with move_in() as house:
        with transaction():
            give(make("erin@x.test", "Erin", "-", erp=Level.ADMIN), PUSH)
            for number, name in MORE_CODES:
                cost_code.create(house.pam, number, name)
            for n in range(2, PROJECTS):
                make_project(house, n)
        for number, _ in (*CODES, MORE_CODES[0]):
            house.accepted("cost_code", house.code(number))
        for n in range(2, PROJECTS // 2):
            house.accepted("job", house.project(f"26-{n}"))
        house.export("cost_code")
        house.export("job")
        assert house.update().ok
        for n in range(4, PROJECTS // 2 - 1):
            house.budget_of(house.project(f"26-{n}"), 100_00 * n, -50, 999_999_999_999 - n)
        for n in (3, 2):
            house.budget_of(house.project(f"26-{n}"), 5_000_00, 70_000_00, -50, 123_456_78)
            house.exported("budget", budget.of(house.project(f"26-{n}")))
        assert house.update().ok
        house.wait(60)
        with transaction():
            refresh_costs(house.connection)
        assert house.update().ok
        house.keep("grown")


def make_project(house: House, n: int) -> None:
    """A project of Pam's."""
    project.create(house.pam, number=f"26-{n}", title=f"Project {n}", wished_customer=CUSTOMER,
                   connection_id=house.connection.id)  # fmt: skip
