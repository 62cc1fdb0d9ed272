"""The matrix is the seed's, row by row; and each of its rows opens to exactly the people it should."""

import re
from pathlib import Path

import pytest

from erp.people import RIGHTS, Level, may
from erp.people.rights import ITEM_TOOL, MATRIX, OURS
from erp.people.user import PUSH, TOOLS

SEED = next(iter(sorted((Path(__file__).resolve().parents[4] / "shared" / "seeds").glob("002_*.txt"))), None)
ICON = "icon-mindtouch-table-check.png"
NOISE = {"procore", "into", "in", "to", "a", "an", "the", "of", "as", "your", "directory", "project", "from", "erp", "system"}
DECIDE = [key for key in MATRIX if key.startswith("decide_")]
IMPORT = ["import_budget", "import_prime_contract", "import_sub_job"]
UNLINK = ["unlink_cco", "unlink_commitment", "unlink_owner_invoice", "unlink_pcco", "unlink_subcontractor_invoice"]
ADMINS = ["add_job", "configure", "schedule", "link_company", "refresh_companies", "refresh_project_codes", "sync_job_costs",
          "sync_payments", "accountant_report", "job_costs_report"]  # fmt: skip
WHO = {
    **dict.fromkeys(DECIDE, "ann bob"),
    **dict.fromkeys(UNLINK, "ann bob"),
    **dict.fromkeys(["add_project"], "ann bob"),
    **dict.fromkeys([*IMPORT, "add_company", "archive_company", "default_cost_types", "unlink_company", "view_sub_jobs",
                     "view_archived_companies", "import_records", "archive_job", "archive_sub_job", "add_cost_code", "archive_cost_code", "unlink"], "ann bob stan adam"),
    **dict.fromkeys(ADMINS, "adam"),
    "direct_exports": "", "send": "", "unsyncable_report": "",
    "public": "nobody pam ann bob stan adam olga", "signed_in": "pam ann bob stan adam olga", "read_outbox": "pam ann bob stan adam olga",
    "view_desk": "ann bob stan adam", "ask_for_right": "ann bob stan adam", "decide": "ann bob", "manage_connections": "adam", "refresh_lists": "adam", "read_back": "adam",
    "send_again": "", "verify_item": "ann bob stan adam", "verify_all": "adam",
    "create_project": "pam olga", "view_cost_codes": "pam adam", "edit_cost_codes": "pam adam", "manage_people": "olga",
    "view_companies": "pam olga", "edit_companies": "pam olga",
    "view_project": "", "edit_project": "", "view_budget": "", "project_job_costs": "", "edit_budget": "", "unlock_budget": "", "approve_budget_change": "", "attach": "",
    "unlink_job": "", "unlink_sub_job": "", "unlink_cost_code": "", "force_unlink": "adam",
    "unlink_budget": "", "link_job": "adam", "link_sub_job": "adam", "link_cost_code": "adam",
}  # fmt: skip
"""row -> who may, outside of any project, written down a second time from the seeds and product.md section 1."""


def _seed_rows() -> list[tuple[str, int]]:
    """(title, number of levels marked) of every row of the seed's table."""
    assert SEED is not None
    text = SEED.read_text().replace("\u00a0", " ")
    table = text.partition("Action None Read Only Standard Admin Notes")[2].partition("Release Notes")[0]
    parts = re.split(r"\n\n([^\n]+)\n\n *Web\n", table)[1:]
    return [(title.strip(), parts[at + 1].count(ICON)) for at, title in enumerate(parts) if at % 2 == 0]


def _words(title: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]+", title.lower())} - NOISE


@pytest.mark.skipif(SEED is None, reason="the seeds are not on this machine")
def test_the_matrix_has_the_38_rows_of_the_seed_in_its_order():
    rows = [title for title, _ in _seed_rows()]
    assert len(rows) == len(MATRIX) == 38
    for title, right in zip(rows, MATRIX.values(), strict=True):
        missing = _words(title) - _words(right.title)
        assert len(missing) <= 1, f"{title!r} against {right.title!r}: {missing}"


@pytest.mark.skipif(SEED is None, reason="the seeds are not on this machine")
def test_the_level_of_a_row_is_the_lowest_that_the_seed_marks_unless_a_note_says_why():
    for (title, marked), (key, right) in zip(_seed_rows(), MATRIX.items(), strict=True):
        if right.note:
            continue
        assert right.level == {2: Level.STANDARD, 1: Level.ADMIN}[marked], (
            f"{title}: {marked} levels are marked, {key} has another"
        )


def test_every_row_is_answered_by_the_table_of_this_test():
    assert set(WHO) == set(RIGHTS)


def test_our_own_rows_do_not_hide_rows_of_the_matrix():
    assert not set(MATRIX) & set(OURS)


def test_each_row_lets_in_exactly_whom_it_should(people):
    cells = [(key, name) for key in RIGHTS for name in vars(people)]
    wrong = [cell for cell in cells if may(getattr(people, cell[1]), cell[0]) != (cell[1] in WHO[cell[0]].split())]
    assert len(cells) == len(RIGHTS) * 6
    assert not wrong


def test_read_only_on_the_erp_tool_sees_the_desk_and_touches_nothing(people):
    people.ann.grants[0].level = Level.READ
    open_to_ann = {key for key in RIGHTS if may(people.ann, key)}
    assert open_to_ann == {"public", "signed_in", "read_outbox", "view_desk"}


def test_deciding_always_needs_the_level_and_the_privilege():
    assert len(DECIDE) == 10
    for key in [*DECIDE, "decide"]:
        assert (RIGHTS[key].tool, RIGHTS[key].level, RIGHTS[key].privilege) == ("erp", Level.STANDARD, PUSH)


def test_the_approver_grid_narrows_decisions_by_export_and_imports_by_import():
    assert all(RIGHTS[key].grid == "export" for key in DECIDE)
    assert all(RIGHTS[key].grid == "import" for key in [*IMPORT, "add_company", "add_job", "archive_company"])


def test_every_tool_of_a_row_is_a_tool_of_the_product():
    assert {right.tool for right in RIGHTS.values()} <= {*TOOLS, ITEM_TOOL, ""}


def test_only_the_sentence_of_a_public_page_lets_nobody_in():
    assert [key for key, right in RIGHTS.items() if right.anyone] == ["public"]
