"""The pages of batches: who sees controls, each noun of the table, stale pages, and files that come and go."""

import re
from io import BytesIO

import pytest

from erp.audit import history
from erp.connectors.sage300 import dropping
from erp.db import transaction
from erp.exchanges.handover import hand_over
from erp.people import Level
from tests.unit.connectors.sage300.test_rejecting import on_a_sub_job
from tests.unit.sage import Sage, body_of, states, texts


@pytest.fixture
def batch(sage: Sage):
    return sage.batch(100_050, 200_000)


@pytest.fixture
def at(sage: Sage, batch) -> str:
    return f"/erp/{sage.connection.id}/batches/1"


def post(browser, url: str, **form):
    return browser.post(
        url, data=form, content_type="multipart/form-data" if any(isinstance(v, tuple) for v in form.values()) else None
    )


def test_the_tab_is_where_the_connector_has_batches_and_nowhere_else(sage: Sage, batch, stage, as_) -> None:
    ann = as_("ann")
    there, not_there = (f"/erp/{key}/budget/" for key in (sage.connection.id, stage.connection.id))
    assert "/batches" in ann.get(there).text
    assert "/batches" not in ann.get(not_there).text
    answer = ann.get(f"/erp/{stage.connection.id}/batches")
    assert (answer.status_code, answer.location) == (302, f"/erp/{stage.connection.id}/all-kinds")
    assert as_("ann").post(f"/erp/{stage.connection.id}/batches/1/posting").status_code == 302


def test_the_list_has_every_batch_with_its_totals(sage: Sage, batch, as_) -> None:
    page = as_("ann").get(f"/erp/{sage.connection.id}/batches").text
    assert re.search(r"000001.*261164.*Ready.*3,000\.50", page, re.DOTALL)


def test_an_empty_list_says_how_batches_come_about(sage: Sage, as_) -> None:
    assert "There are no batches yet." in as_("ann").get(f"/erp/{sage.connection.id}/batches").text


def test_the_page_has_files_totals_lines_items_and_history(sage: Sage, batch, at, as_) -> None:
    page = as_("ann").get(at).text
    for words in ("000001_estimate.jce", batch.files[0].sha256, "3,000.50", "Asphalt paving", "26-1164", "made the batch"):
        assert words in page


@pytest.mark.parametrize(("who", "controls"), [("ann", True), ("stan", False), ("adam", False)])
def test_controls_are_absent_without_the_privilege(batch, at, as_, who, controls) -> None:
    page = as_(who).get(at).text
    assert (f'action="{at}/' in page, "why-import" in page) == (controls, controls)


def test_read_only_sees_pages_without_controls(sage: Sage, batch, at, as_) -> None:
    with transaction():
        next(grant for grant in sage.people.stan.grants if grant.tool == "erp").level = Level.READ
    stan = as_("stan")
    page = stan.get(at)
    assert (page.status_code, f'action="{at}/' in page.text, "aria-disabled" in page.text) == (200, False, False)
    assert [stan.get(url).status_code for url in (f"{at}/cover", at.rpartition("/")[0])] == [200, 200]
    assert stan.post(f"{at}/files/{batch.files[0].id}").status_code == 403


@pytest.mark.parametrize("who", ["pam", "olga", "nobody"])
def test_who_sees_no_desk_sees_no_batch(batch, at, as_, who) -> None:
    assert as_(who).get(at).status_code in (302, 403)


@pytest.mark.parametrize("who", ["pam", "stan", "adam", "olga", "nobody"])
@pytest.mark.parametrize("noun", ["import", "voiding", "successor", "rejects", "reports"])
def test_nobody_else_posts(sage: Sage, batch, at, as_, who, noun) -> None:
    assert as_(who).post(f"{at}/{noun}", data={"reason": "x"}).status_code in (302, 403)
    assert (sage.find(1).state, sage.find(1).version) == ("Ready", 0)


def test_a_download_is_the_stored_bytes_with_their_name_and_stands_in_the_history(sage: Sage, batch, at, as_) -> None:
    answer = as_("ann").post(f"{at}/files/{batch.files[0].id}")
    assert (answer.status_code, answer.data) == (200, sage.find(1).files[0].body)
    assert answer.headers["Content-Disposition"] == "attachment; filename=000001_estimate.jce"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (sage.find(1).state, history("batch:1")[-1].action) == ("Downloaded", "download")
    answer = as_("ann").post(f"{at}/files/{batch.files[0].id}")
    assert (answer.status_code, "Write the reason" in answer.text) == (422, True)
    assert as_("bob").post(f"{at}/files/{batch.files[0].id}", data={"reason": "Lost."}).data == sage.find(1).files[0].body


def test_from_downloaded_to_posted_by_plain_forms(sage: Sage, batch, at, as_) -> None:
    ann = as_("ann")
    ann.post(f"{at}/files/{batch.files[0].id}")
    for noun, state in (("import", "Imported (not posted)"), ("posting", "Posted")):
        answer = ann.post(f"{at}/{noun}", data={"version": sage.find(1).version})
        assert (answer.status_code, answer.location, sage.find(1).state) == (303, at, state)


def test_a_page_that_is_older_changes_nothing_and_says_who_was_first(sage: Sage, batch, at, as_) -> None:
    seen = sage.find(1).version
    sage.download(sage.find(1), by="bob")
    answer = as_("ann").post(f"{at}/voiding", data={"version": seen, "reason": "Wrong."})
    assert (answer.status_code, sage.find(1).state) == (409, "Downloaded")
    assert "Bob downloaded it first. It is now Downloaded; nothing was changed by you." in answer.text


def test_of_two_approvers_at_once_one_wins(sage: Sage, batch, at, as_) -> None:
    sage.download(batch)
    seen = sage.find(1).version
    answers = [
        as_(who).post(f"{at}/{noun}", data={"version": seen, "reason": "So."})
        for who, noun in (("ann", "import"), ("bob", "voiding"))
    ]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert (sage.find(1).state, sage.item(sage.find(1)).state) == ("Imported (not posted)", "Waiting")


def test_a_follow_up_does_not_promise_that_its_items_stand_accepted_again(sage: Sage, batch, at, as_) -> None:
    assert "its items stand Accepted again" in as_("ann").get(at).text
    sage.download(batch)
    sage.go(batch, "hand_import")
    sage.rejects(batch, body_of(texts(batch)[1]))
    rest = f"/erp/{sage.connection.id}/batches/2"
    page = as_("ann").get(rest).text
    assert "its items stand Accepted again" not in page
    assert "its items go on waiting, and its lines in here are keyed in by hand" in page
    sage.go(sage.find(2), "void_batch", reason="By hand.")
    assert sage.item(sage.find(1)).state == "Waiting"
    assert "says that its lines are missing, key them in by hand" in as_("ann").get(rest).text


def test_who_would_void_a_batch_of_which_sage_has_a_part_is_told_to_look_there_first(sage: Sage, as_) -> None:
    project, told = sage.project(), "look there whether its files were imported before you void it"
    found, other = sage.sub_job(project), sage.sub_job(project, "B", "Alternate B")
    sage.exported(found, other)
    hand_over()
    at = f"/erp/{sage.connection.id}/batches/1"
    assert told not in as_("ann").get(at).text
    sage.settle(found)
    assert told in as_("ann").get(at).text
    sage.go(sage.find(1), "void_batch", reason="Nobody did.")
    assert told not in as_("ann").get(at).text


@pytest.mark.parametrize("noun", ["voiding", "successor"])
def test_without_a_reason_nothing_happens_and_the_field_stands_open(sage: Sage, batch, at, as_, noun) -> None:
    answer = as_("ann").post(f"{at}/{noun}", data={"reason": " "})
    assert (answer.status_code, "Write the reason" in answer.text, sage.find(1).state) == (422, True, "Ready")
    assert re.search(r"<details[^>]* open", answer.text)


def test_void_and_anew_through_the_browser(sage: Sage, batch, at, as_) -> None:
    assert as_("ann").post(f"{at}/successor", data={"reason": "Layout."}).status_code == 303
    assert [one.state for one in sage.all()] == ["Superseded", "Ready"]
    assert as_("ann").post(f"/erp/{sage.connection.id}/batches/2/voiding", data={"reason": "Not now."}).status_code == 303
    assert ([one.state for one in sage.all()], sage.item(batch).state) == (["Superseded", "Void"], "Accepted")
    assert f"/erp/{sage.connection.id}/batches/2" in as_("ann").get(at).text


def test_a_grey_button_says_why(batch, at, as_) -> None:
    assert "Nobody downloaded 000001_estimate.jce yet." in as_("ann").get(at).text


@pytest.mark.parametrize("noun", ["nothing", "confirmation", "download"])
def test_a_noun_that_is_none_of_a_person_is_404(batch, at, as_, noun) -> None:
    assert as_("ann").post(f"{at}/{noun}").status_code == 404


def test_a_batch_or_file_of_another_connection_is_404(sage: Sage, batch, at, as_, stage) -> None:
    other = Sage(stage)
    theirs = f"/erp/{other.connection.id}/batches/1"
    ann = as_("ann")
    for method, url in (("get", theirs), ("get", f"{theirs}/cover"), ("post", f"{theirs}/files/{batch.files[0].id}"),
                        ("post", f"{theirs}/voiding"), ("get", f"{at}/papers/999"), ("post", f"{at}/files/999")):  # fmt: skip
        assert getattr(ann, method)(url, data={"reason": "x"}).status_code == 404, url


def test_the_cover_sheet_says_what_to_click_and_that_nobody_tried_it(sage: Sage, batch, at, as_) -> None:
    page = as_("stan").get(f"{at}/cover").text
    for words in ("never tried on a real Sage", "261164", "3,000.50", batch.files[0].sha256, "Import as an Approved Estimate Change",
                  "Post Entries", "Allow creation of Cost Codes not on standard Cost Code list", "Posted by", "Standard Category"):  # fmt: skip
        assert words in page, words


def test_the_cover_sheet_of_what_was_imported_warns(sage: Sage, at, as_, batch) -> None:
    assert "Do not import its files" not in as_("ann").get(f"{at}/cover").text
    sage.download(batch)
    sage.go(batch, "hand_import")
    assert "Do not import its files again" in re.sub(r"\s+", " ", as_("ann").get(f"{at}/cover").text)


def test_the_fragment_for_htmx_asks_for_itself_until_the_files_were_downloaded(sage: Sage, batch, at, as_) -> None:
    fragment = as_("ann").get(at, headers={"HX-Request": "true"}).text
    assert (fragment.lstrip().startswith('<div id="batch">'), 'id="poll-' in fragment) == (True, True)
    sage.download(batch)
    assert 'id="poll-' not in as_("ann").get(at, headers={"HX-Request": "true"}).text


# what Sage made of it


def upload(browser, url: str, name: str, body: bytes, **form):
    return browser.post(url, data={"file": (BytesIO(body), name), **form}, content_type="multipart/form-data")


def test_who_brings_the_reject_file_reads_which_other_batch_ended_with_it(sage: Sage, as_) -> None:
    item, ann, at = on_a_sub_job(sage), as_("ann"), f"/erp/{sage.connection.id}/batches/1"
    for file in sage.find(1).files:
        upload(ann, f"{at}/rejects", f"{file.part}.jce", file.body, file_id=file.id)
    page = ann.get(at).text
    assert f"{item.label}: Sage took nothing of it." in page
    assert page.count("Batch 000002 is Void with it: do not import its files any more.") == 1
    other = ann.get(f"/erp/{sage.connection.id}/batches/2").text
    assert "Sage took none of the amounts of its items" in other


def test_a_reject_file_through_the_browser(sage: Sage, batch, at, as_) -> None:
    ann = as_("ann")
    ann.post(f"{at}/files/{batch.files[0].id}")
    body = body_of(texts(batch)[0])
    answer = upload(ann, f"{at}/rejects", "rej.jce", body, file_id=batch.files[0].id, said="Bad category")
    assert answer.status_code == 303
    page = ann.get(at).text
    for words in ("1 line was rejected by Sage.", "follow-up batch 000002", "Bad category", "rej.jce"):
        assert words in page, words
    assert states(sage.find(1)) == ["rejected", "sent"]
    upload(ann, f"{at}/rejects", "rej.jce", body, file_id=batch.files[0].id)
    assert "rej.jce was taken already; nothing was changed." in ann.get(at).text
    assert len(sage.all()) == 2
    paper = re.search(rf"{at}/papers/\d+", page)[0]
    assert as_("stan").get(paper).data == body
    assert as_("stan").get(paper.replace("/batches/1/", "/batches/2/")).status_code == 404


def test_nobody_is_left_to_import_the_reject_file_by_hand(sage: Sage, batch, at, as_) -> None:
    ann, never = as_("ann"), "Do not import the reject file"
    ann.post(f"{at}/files/{batch.files[0].id}")
    assert f"{never} in Sage 300 yourself" in ann.get(at).text
    upload(ann, f"{at}/rejects", "rej.jce", body_of(*texts(batch)), file_id=batch.files[0].id)
    assert f"{never} yourself: Countersign makes a file of what is missing." in ann.get(at).text
    assert "Do not import it yourself: Countersign makes a file of what is missing." in ann.get(f"{at}/cover").text


def test_a_reject_file_of_another_batch_changes_nothing(sage: Sage, batch, at, as_) -> None:
    sage.download(batch)
    other = sage.batch(5, 6, number=2)
    answer = upload(as_("ann"), f"{at}/rejects", "r.jce", other.files[0].body, file_id=batch.files[0].id)
    assert (answer.status_code, "reject file of another batch" in answer.text) == (422, True)
    assert (set(states(sage.find(1))), len(sage.all())) == ({"sent"}, 2)


def test_no_file_is_a_sentence(sage: Sage, batch, at, as_) -> None:
    sage.download(batch)
    for noun in ("rejects", "reports"):
        answer = as_("ann").post(f"{at}/{noun}", data={"file_id": batch.files[0].id})
        assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_the_import_report_is_kept_and_served_as_a_download(sage: Sage, batch, at, as_) -> None:
    ann, report = as_("ann"), b"%PDF-1.4 report"
    assert upload(ann, f"{at}/reports", "../report.pdf", report).status_code == 303
    found = re.search(rf"{at}/papers/\d+", ann.get(at).text)[0]
    answer = ann.get(found)
    assert (answer.data, answer.headers["Content-Disposition"]) == (report, "attachment; filename=report.pdf")
    for name, body, words in (
        ("report.exe", b"MZ", "PDF or text"),
        ("report.pdf", b"<html>", "report.pdf"),
        ("report.pdf", report, "already"),
    ):
        refused = upload(ann, f"{at}/reports", name, body)
        assert (refused.status_code, words in refused.text) == (422, True), name


# the drop folder


def test_the_list_says_whether_files_are_laid_into_a_folder(sage: Sage, as_, app, tmp_path) -> None:
    with transaction():
        sage.connection.settings = {"sage300": {"drop_folder": str(tmp_path / "in")}}
    url = f"/erp/{sage.connection.id}/batches"
    app.config["SAGE_DROP_DIR"] = ""
    assert "The drop folder is switched off" in as_("ann").get(url).text
    app.config["SAGE_DROP_DIR"] = str(tmp_path)
    assert "there is no such folder on the server" in as_("ann").get(url).text
    (tmp_path / "in").mkdir()
    assert "New files are also laid into" in as_("ann").get(url).text


def test_a_void_batch_leaves_the_folder_at_once(sage: Sage, as_, app, tmp_path) -> None:
    app.config["SAGE_DROP_DIR"] = str(tmp_path)
    with transaction():
        sage.connection.settings = {"sage300": {"drop_folder": str(tmp_path)}}
    sage.batch()
    assert len(list(tmp_path.iterdir())) == 2
    as_("ann").post(f"/erp/{sage.connection.id}/batches/1/voiding", data={"reason": "Wrong."})
    assert list(tmp_path.iterdir()) == []
    assert dropping.lay_all() == 0


@pytest.mark.parametrize(("kinds", "named"), [
    (("budget",), ["report"]), (("sub_job",), ["extras"]), (("sub_job", "budget"), ["report", "extras"])
])  # fmt: skip
def test_a_posted_batch_and_its_cover_sheet_name_what_confirms_its_items(sage: Sage, as_, kinds, named) -> None:
    project, titles = sage.project(), {"report": "Job cost report", "extras": "Extras"}
    sage.exported(
        *(sage.sub_job(project) if kind == "sub_job" else sage.accepted("budget", sage.budget(project)) for kind in kinds)
    )
    hand_over()
    sage.download(sage.find(1))
    for name in ("hand_import", "hand_post"):
        sage.go(sage.find(1), name)
    at = f"/erp/{sage.connection.id}"
    said = as_("ann").get(f"{at}/batches/1").text
    assert [slug for slug in ("report", "extras") if f'href="{at}/readback?what={slug}"' in said] == named
    cover = as_("ann").get(f"{at}/batches/1/cover").text
    assert [slug for slug, title in titles.items() if f"{title} (Job Cost" in cover] == named
