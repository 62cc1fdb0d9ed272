"""A project on its way: what must hold before, and the sentence for each thing that does not."""

import pytest

from erp.db import db
from erp.items.perform import Refused, item_for
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.states import Filter
from tests.databases import on_postgresql
from tests.unit.stage import CITY

JOB = KINDS["job"]


def grey(stage, project=None):
    """Why Pam's button is grey: (sentence, link)."""
    return [(r.text, r.url) for r in why_not("send", item_for("job", stage.connection, project or stage.pier), stage.people.pam)]


def test_pams_project_can_go(stage):
    assert grey(stage) == []


def test_a_project_that_is_not_flagged_says_where_to_flag_it(stage):
    stage.pier.erp_integrated = False
    assert grey(stage) == [("The project is not flagged as ERP-integrated.", f"/projects/{stage.pier.id}/edit")]


@pytest.mark.parametrize(("name", "said"), [
    ("Pier 9: Sewer", "Project name “Pier 9: Sewer” has a colon in it, which QuickBooks keeps for the levels of a name."),
    ("x" * 42, f"Project name “{'x' * 42}” has 42 characters; QuickBooks takes 41."),
    ("Pier \x07 9", "Project name has a control character in it; type it anew."),
    ("Pier \x00", "Project name has a control character in it; type it anew."),
    ("Причал 9", "Project name “Причал 9” has "),
], ids=["colon", "42", "bell", "nul", "cyrillic"])  # fmt: skip
def test_a_name_that_quickbooks_cannot_keep_is_refused_before_it_is_sent(stage, name, said):
    if on_postgresql() and "\x00" in name:
        pytest.skip("PostgreSQL keeps no NUL in the first place")
    stage.pier.title = name
    db.session.commit()
    reasons = [text for text, _ in grey(stage)]
    assert len(reasons) == 1
    assert reasons[0].startswith(said)
    with pytest.raises(Refused):
        stage.job()


@pytest.mark.parametrize("name", ["x" * 41, "Größe – “quoted”", "  " + "x" * 41 + "  ", "O'Brien & Sons <9>"])
def test_a_name_at_the_limit_or_with_signs_that_quickbooks_keeps_can_go(stage, name):
    stage.pier.title = name
    assert grey(stage) == []


@pytest.mark.parametrize(("field", "most", "label"), [("street", 41, "Street"), ("street2", 41, "Street, second line"),
                                                      ("city", 31, "City"), ("region", 21, "State"),
                                                      ("postal_code", 13, "ZIP"), ("number", 99, "Project number")])  # fmt: skip
def test_the_number_and_each_line_of_the_address_has_its_limit(stage, field, most, label):
    setattr(stage.pier, field, "9" * most)
    assert grey(stage) == []
    setattr(stage.pier, field, "9" * (most + 1))
    assert [text for text, _ in grey(stage)] == [
        f"{label} “{'9' * min(60, most + 1)}” has {most + 1} characters; QuickBooks takes {most}."
    ]


def test_every_reason_is_told_at_once(stage):
    stage.pier.erp_integrated, stage.pier.title, stage.pier.city = False, "a:b", "x" * 32
    assert len(grey(stage)) == 3


def test_the_flag_taken_away_after_send_keeps_it_from_being_accepted_and_exported(stage):
    item = stage.job()
    stage.pier.erp_integrated = False
    db.session.commit()
    with pytest.raises(Refused, match="not flagged"):
        stage.accept(item, customer=CITY)
    stage.pier.erp_integrated = True
    stage.accept(item, customer=CITY)
    stage.pier.erp_integrated = False
    assert [r.text for r in why_not("export", item, stage.people.ann)] == ["The project is not flagged as ERP-integrated."]


def test_accept_judges_the_snapshot_that_ann_saw_and_not_the_project_of_now(stage):
    item = stage.job()
    stage.pier.title = "a:b"
    db.session.commit()
    assert stage.accept(item, customer=CITY).payload["name"] == "Pier 9 Sewer Renewal"


def test_the_snapshot_carries_what_accounting_sees_and_nothing_else(stage):
    assert JOB.snapshot(stage.pier) == {
        "name": "Pier 9 Sewer Renewal", "number": "25-1361", "wished_customer": "City of Bayview", "street": "9 Pier Road",
        "street2": "", "city": "Bayview", "region": "CA", "postal_code": "94111"}  # fmt: skip


@pytest.mark.parametrize(("address", "shown"), [
    ({"street": "", "city": "", "region": "", "postal_code": ""}, ""),
    ({"street": "9 Pier Road", "city": "", "region": "", "postal_code": ""}, "9 Pier Road"),
    ({"street": "", "city": "Bayview", "region": "", "postal_code": "94111"}, "Bayview 94111"),
])  # fmt: skip
def test_the_list_shows_the_address_in_one_line(stage, address, shown):
    assert JOB.summary(JOB.snapshot(stage.pier) | address)["address"] == shown


def test_the_words_of_the_tab_are_those_of_the_product():
    assert (JOB.tab, JOB.filter_title, JOB.comment.label) == ("Jobs", "Filters", "Enter a Comment (Optional)")
    assert JOB.heading(Filter.EXPORT) == "Projects Not Synced to QuickBooks"
    assert JOB.heading(Filter.SYNCED) == "Synced Projects"


def test_a_noise_project_does_not_change_the_answer(stage):
    stage.project(erp_integrated=False, title="x" * 60)
    assert grey(stage) == []
