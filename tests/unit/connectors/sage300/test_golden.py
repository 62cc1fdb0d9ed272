"""The exact files, from real schedules of values; `GOLDEN=write pytest …` writes them anew, git shows what changed."""

import os

import pytest

from erp.connectors.sage300 import jce
from tests.unit.connectors.sage300.works import A_JOB, HERE, SUB_JOB, files, posted, sage, schedule

GOLDEN = HERE / "golden"
WORKS = {
    "1164I": schedule("1164I"), "1164I_sub_jobs": schedule("1164I", subs=True), "2977J": schedule("2977J"),
    "2977J_sub_jobs": schedule("2977J", subs=True), "sub_job": SUB_JOB, "job": A_JOB,
}  # fmt: skip
BUILT = {f"{name}_{file}.jce": data for name, work in WORKS.items() for file, data in files(work).items()}
TOTALS = {"1164I": (5_799_933_10, -37_955_89), "2977J": (3_941_885_60, 0)}
"""Originals, and the change orders of the contract, in cents; together 5,761,977.21 and 3,941,885.60."""


@pytest.mark.parametrize("name", BUILT)
def test_a_file_is_what_it_was(name: str) -> None:
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(BUILT[name])
    assert BUILT[name] == path.read_bytes()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.jce")} == set(BUILT)


@pytest.mark.parametrize("contract", TOTALS)
@pytest.mark.parametrize("subs", ["", "_sub_jobs"])
def test_sage_holds_the_real_contract_to_the_cent(contract: str, subs: str) -> None:
    work = WORKS[contract + subs]
    into = posted(sage(work), work)
    assert (sum(into.original.values()), sum(into.changes.values())) == TOTALS[contract]
    assert into.extras == ({"R", "SW"} if subs else set())
    by_code = {code: cents for (_, code, _), cents in [*into.original.items(), *into.changes.items()]}
    assert by_code == {work.refs["codes"][str(line["code_id"])]: line["send"] for line in work.payload["lines"]}
    assert len(set(into.names.values())) == len({line["code_name"] for line in work.payload["lines"]})


@pytest.mark.parametrize("contract", TOTALS)
def test_the_read_totals_of_each_file_are_those_of_the_lines(contract: str) -> None:
    work = WORKS[f"{contract}_sub_jobs"]
    for name, data in files(work).items():
        sides = {jce.ESTIMATE: "send_original", jce.CHANGES: "changes"}
        wanted = {
            (line["sub_job"], work.refs["codes"][str(line["code_id"])], line["type"]): line[sides[name]]
            for line in work.payload["lines"]
            if line[sides[name]]
        }
        into = sage(work)
        into.extras = {"R", "SW"}
        assert into.read(data) == wanted
