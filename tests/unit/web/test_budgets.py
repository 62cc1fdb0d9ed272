"""Pam's budget in the browser: importing a schedule of values, lines, locking."""

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from erp.documents import budget as budgets
from erp.documents.cost_code import CostCode
from erp.documents.project import Project

SAGE = Path(__file__).resolve().parents[4] / "shared" / "data" / "sage"


def upload(browser: Any, project: Project, name: str, data: bytes) -> str:
    """Choose a file; the URL of the columns page."""
    form = {"file": (io.BytesIO(data), name)}
    answer = browser.post(f"/projects/{project.id}/budget/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


@pytest.mark.parametrize(("name", "lines", "total"), [
    ("sf_2977J_sov.csv", "51", "3,941,885.60"), ("sf_1164I_sov.csv", "76", "5,761,977.21"), ("sf_1070I_sov.csv", "59", "7,342,612.20"),
])  # fmt: skip
def test_a_real_schedule_of_values_becomes_the_budget(as_: Any, pier: Project, name: str, lines: str, total: str) -> None:
    if not (SAGE / name).exists():
        pytest.skip(f"{name} is not on this machine")
    pam = as_("pam")
    columns = upload(pam, pier, name, (SAGE / name).read_bytes())
    assert "Default cost type" in pam.get(columns).text
    preview = f"{columns}/preview?code=0&description=1&amount=5&type=&default_type=S"
    shown = pam.get(preview).text
    assert f"{lines} lines" in shown
    assert total in shown
    done = pam.post(preview, follow_redirects=True)
    assert done.status_code == 200
    assert f"{lines} lines were imported, {total} in total." in done.text
    budget = budgets.of(pier)
    assert budget is not None
    assert f"{budget.size}" == lines
